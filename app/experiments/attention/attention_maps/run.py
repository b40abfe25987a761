"""A typed text through the trained decoder: every head's map, the picked one large, and one token's weighted sum."""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.language_model import (
    Answers,
    HeadControls,
    TextRun,
    answers,
    ask,
    language_model,
    right,
    run_text,
    weight_on,
)
from app.experiments.base import Measurements
from models.attention.dot_product import attention_weights
from models.interpretability.altered_attention import (
    altered,
    even_weights,
    shuffled_weights,
    undivided_weights,
    weighing,
)
from models.transformer.decoder import Decoder

Weigh = Callable[[Tensor], Tensor]

WEIGHTS: dict[str, Callable[[int], Weigh]] = {  # each takes a seed
    "learned": lambda seed: attention_weights,
    "even": lambda seed: even_weights,
    "shuffled": lambda seed: lambda scores: shuffled_weights(scores, seed),
    "undivided": lambda seed: undivided_weights,
}


class MapControls(HeadControls):
    weights: Literal["learned", "even", "shuffled", "undivided"] = Field(
        "learned", title="Weights", description="In every head: as trained, or replaced"
    )


class MapResult(NamedTuple):
    controls: MapControls
    text: TextRun
    asked: Answers


def weighted_as(model: Decoder, weights: str, seed: int) -> Decoder:
    if weights == "learned":
        return model
    return altered(model, lambda layer, _: weighing(WEIGHTS[weights](100 * seed + layer)))


@lru_cache(maxsize=32)
def asked(weights: str, seed: int, device: str) -> Answers:
    """The questions do not depend on the text on screen: a click asks them no second time."""
    return answers(weighted_as(language_model(device), weights, seed), seed)


def run(controls: MapControls, device: str) -> MapResult:
    model = weighted_as(language_model(device), controls.weights, controls.seed)
    text = run_text(model, controls.sentence)
    return MapResult(controls, text, asked(controls.weights, controls.seed, device))


def measure(result: MapResult) -> Measurements:
    questions, text = ask(result.controls.seed), result.text
    on_answer = weight_on(result.asked, questions.stated)  # (L, H)
    weights, near = of_query(result)
    return {
        "answers_right_share": right(result.asked, questions).float().mean().item(),
        "largest_mean_weight_on_answer": on_answer.max().item(),
        "picked_head_weight_on_answer": on_answer[result.controls.layer, result.controls.head].item(),
        "heads_mostly_on_answer": (on_answer > 0.5).sum().item(),
        "largest_distance_from_mean": max(distance_from_mean(text, layer) for layer in range(len(text.layers))),
        "weight_of_the_query": weights.sum().item(),
        "largest_weight": weights.max().item(),
        "values_for_cosine_099": (near < 0.99).sum().item() + 1,
        "next_token_probability": text.prediction(-1)[1],
    }


def distance_from_mean(text: TextRun, layer: int) -> float:
    """Between a head's output and the mean of the values under its weights: largest over heads, tokens, features."""
    trace = text.layers[layer]
    shares = trace.weights[0] / trace.weights[0].sum(dim=-1, keepdim=True)  # (H, T, T)
    return (shares @ text.values(layer) - trace.output[0]).abs().max().item()


def of_query(result: MapResult) -> tuple[Tensor, Tensor]:
    """The picked query's weights (T,), and the cosine with its output as values are added, heaviest first (T,)."""
    controls, trace = result.controls, result.text.layers[result.controls.layer]
    query = controls.token(len(result.text.pieces))
    weights, output = trace.weights[0, controls.head, query], trace.output[0, controls.head, query]
    terms = weights[:, None] * result.text.values(controls.layer)[controls.head]
    sums = terms[weights.argsort(descending=True)].cumsum(dim=0)
    return weights, torch.cosine_similarity(sums, output[None], dim=-1)
