"""Every head's map of a typed text, and four scores of each head on random words said twice."""

from collections.abc import Callable
from typing import ClassVar, Literal, NamedTuple

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
from app.experiments.memo import memo
from app.experiments.text_model import TINY, text_model
from models.attention.dot_product import scaled_dot_product
from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadAttention
from models.interpretability.altered_attention import altered, one_map_weights, weighing
from models.interpretability.head_patterns import first_token_score, induction_score, local_score, previous_token_score
from models.language.evaluation import said_twice
from models.layers.softmax import total_variation
from models.seeding import generator, normal, seeded
from models.transformer.decoder import Decoder

PERIOD, ROWS = 16, 6
PREVIOUS_TOKEN_HEAD, INDUCTION_HEAD = (1, 3), (2, 7)
"""Layer and head of the tiny world's model with the highest score of that name, chosen on the rows of another seed."""
OTHER_SEED = 1_000_003
"""On whose rows the heads of a published model are chosen."""

SCORES: dict[str, Callable[[Tensor], Tensor]] = {
    "previous token": previous_token_score,
    "first token": first_token_score,
    "induction": lambda w: induction_score(w[:, :, 1:, 1:], PERIOD),  # without <|end|>, which is not said again
    "local": local_score,
}
Maps = Literal["one per head", "averaged in layer 2", "averaged in layer 3", "averaged in all layers"]
AVERAGED: dict[Maps, tuple[int, ...]] = {
    "one per head": (),
    "averaged in layer 2": (2,),
    "averaged in layer 3": (3,),
}


class PatternControls(TextControls):
    renamed: ClassVar = {"maps=one for all": "averaged in all layers", "maps=one a head": "one per head"}
    maps: Maps = Field("one per head", title="Maps", description="Averaged: each head of the layer gets the mean map")


class PatternResult(NamedTuple):
    controls: PatternControls
    text: TextRun
    scores: dict[str, Tensor]  # name → (L, H)
    strongest: dict[str, tuple[int, int]]  # score → layer and head, chosen on the rows of another seed
    answers: Answers | None  # None for a published model, which is not asked about the tiny world
    difference_from_torch: Tensor

    @property
    def picked(self) -> tuple[int, int]:
        return self.controls.layer, self.controls.head


def model_with(maps: Maps, device: str, name: str = TINY) -> Decoder:
    model, average = language_model(device, name), weighing(one_map_weights)
    if maps == "one per head":
        return model
    chosen = range(model.config.layers) if maps == "averaged in all layers" else AVERAGED[maps]
    return altered(model, lambda layer, _: average if layer in chosen else scaled_dot_product)


@memo
@torch.inference_mode()
def scores(maps: Maps, seed: int, device: str, name: str = TINY) -> dict[str, Tensor]:
    """Each score of each head, on random words that are said twice behind an end of text: (L, H)."""
    reader = text_model(name, device)
    said = said_twice(ROWS, PERIOD, reader.words(), generator(seed))
    ids = torch.cat([said.new_full((ROWS, 1), reader.end or 0), said], dim=1).to(device)
    layers = attention_of(model_with(maps, device, name)(ids)[1])
    return {name: torch.stack([score(layer.weights) for layer in layers]) for name, score in SCORES.items()}


def strongest(device: str, name: str) -> dict[str, tuple[int, int]]:
    """For two of the scores the head with the highest."""
    if name == TINY:
        return {"previous token": PREVIOUS_TOKEN_HEAD, "induction": INDUCTION_HEAD}
    found = scores("one per head", OTHER_SEED, device, name)
    places = {score: divmod(int(found[score].argmax()), found[score].shape[1]) for score in found}
    return {score: places[score] for score in ("previous token", "induction")}


@memo
def answered(maps: Maps, seed: int, device: str) -> Answers:
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
    model = model_with(controls.maps, device, controls.model)
    return PatternResult(
        controls=controls,
        text=run_text(model, controls.sentence, controls.model),
        scores=scores(controls.maps, controls.seed, device, controls.model),
        strongest=strongest(device, controls.model),
        answers=None if controls.published else answered(controls.maps, controls.seed, device),
        difference_from_torch=difference_from_torch(model.config.width, model.config.heads, controls.seed),
    )


def measure(result: PatternResult) -> Measurements:
    named = {name.replace(" ", "_"): score for name, score in result.scores.items()}
    picked = {f"{name}_score_of_this_head": score[result.picked].item() for name, score in named.items()}
    strongest = {score: result.scores[score][place].item() for score, place in result.strongest.items()}
    return (
        picked
        | _named_by_the_claims(result, strongest)
        | {
            "difference_between_maps": difference_between_maps(result.text.weights),
            "difference_from_torch": result.difference_from_torch.item(),
        }
    )


def _named_by_the_claims(result: PatternResult, strongest: dict[str, float]) -> dict[str, float]:
    """The claims name heads of the tiny world's model; the strongest heads of a published one are others."""
    if result.answers is None:
        return {
            "strongest_previous_token_score": strongest["previous token"],
            "strongest_induction_score": strongest["induction"],
        }
    return {
        "previous_token_head_score": strongest["previous token"],
        "induction_head_score": strongest["induction"],
        "answers_right_share": right(result.answers, ask(result.controls.seed)).float().mean().item(),
    }


def difference_between_maps(weights: Tensor) -> float:
    """Mean total variation distance of two heads' rows in one layer: 0 for equal maps, 1 for nothing in common."""
    L, H, T, _ = weights.shape
    apart = total_variation(weights[:, :, None], weights[:, None])[..., 1:]  # the first token attends to itself
    return (apart.sum() / (L * H * (H - 1) * (T - 1))).item() if T > 1 else 0.0
