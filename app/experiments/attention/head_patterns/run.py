"""Every head's map of a typed text, and what each head does on random words said twice, as four scores."""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.attention.language_model import (
    Answers,
    TextControls,
    TextRun,
    answers,
    ask,
    attention_of,
    language_model,
    right,
    run_text,
)
from app.experiments.base import Measurements
from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadAttention
from models.interpretability.altered_attention import altered, one_map_weights, weighing
from models.interpretability.head_patterns import first_token_score, induction_score, local_score, previous_token_score
from models.language.evaluation import document_said_twice
from models.layers.softmax import total_variation
from models.seeding import normal, seeded
from models.training.metrics import word_tokens
from models.transformer.decoder import Decoder

PERIOD, ROWS = 16, 6
SCORES: dict[str, Callable[[Tensor], Tensor]] = {
    "previous token": previous_token_score,
    "first token": first_token_score,
    "induction": lambda w: induction_score(w, PERIOD),
    "local": local_score,
}


class PatternControls(TextControls):
    maps: Literal["one a head", "one for all"] = Field(
        "one a head", title="Maps", description="One for all: every head of a layer gets the mean of their maps"
    )


class PatternResult(NamedTuple):
    controls: PatternControls
    text: TextRun
    scores: dict[str, Tensor]  # name → (L, H)
    asked: Answers
    difference_from_torch: Tensor

    @property
    def picked(self) -> tuple[int, int]:
        return self.controls.layer, self.controls.head


def model_with(maps: str, device: str) -> Decoder:
    model = language_model(device)
    return model if maps == "one a head" else altered(model, lambda layer, _: weighing(one_map_weights))


@lru_cache(maxsize=32)
def scores(maps: str, seed: int, device: str) -> dict[str, Tensor]:
    """Each score of each head, on random words that are said twice."""
    ids = document_said_twice(ROWS, PERIOD, word_tokens(), seed).to(device)
    with torch.inference_mode():
        layers = attention_of(model_with(maps, device)(ids)[1])
        return {name: torch.stack([score(layer.weights) for layer in layers]) for name, score in SCORES.items()}


@lru_cache(maxsize=32)
def asked(maps: str, seed: int, device: str) -> Answers:
    return answers(model_with(maps, device), seed)


@torch.inference_mode()
def difference_from_torch(width: int, heads: int, seed: int) -> Tensor:
    """Largest difference, in outputs and weights, from ``torch.nn.MultiheadAttention`` with the same matrices."""
    ours = seeded(lambda: MultiHeadAttention(width, heads), seed)
    theirs = nn.MultiheadAttention(width, heads, bias=False, batch_first=True)
    theirs.in_proj_weight.copy_(torch.cat([ours.to_q.weight, ours.to_k.weight, ours.to_v.weight]))
    theirs.out_proj.weight.copy_(ours.to_out.weight)
    x, mask = normal(1, 13, width, seed=seed), causal_mask(13)
    y, trace = ours(x, mask)
    expected, weights = theirs(x, x, x, attn_mask=~mask, average_attn_weights=False)
    return torch.maximum((y - expected).abs().max(), (trace.weights - weights).abs().max())


def run(controls: PatternControls, device: str) -> PatternResult:
    model = model_with(controls.maps, device)
    return PatternResult(
        controls=controls,
        text=run_text(model, controls.sentence),
        scores=scores(controls.maps, controls.seed, device),
        asked=asked(controls.maps, controls.seed, device),
        difference_from_torch=difference_from_torch(model.config.width, model.config.heads, controls.seed),
    )


def measure(result: PatternResult) -> Measurements:
    named = {name.replace(" ", "_"): score for name, score in result.scores.items()}
    best = {f"best_{name}_score": score.max().item() for name, score in named.items()}
    picked = {f"{name}_score_of_this_head": score[result.picked].item() for name, score in named.items()}
    return (
        best
        | picked
        | {
            "answers_right_share": right(result.asked, ask(result.controls.seed)).float().mean().item(),
            "difference_between_maps": difference_between_maps(result.text.weights),
            "difference_from_torch": result.difference_from_torch.item(),
        }
    )


def difference_between_maps(weights: Tensor) -> float:
    """Mean share of weight that two heads of a layer spend on different tokens: 0 equal maps, 1 nothing in common."""
    L, H, T, _ = weights.shape
    apart = total_variation(weights[:, :, None], weights[:, None])[..., 1:]  # the first token has no choice
    return (apart.sum() / (L * H * (H - 1) * (T - 1))).item() if T > 1 else 0.0
