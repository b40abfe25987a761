"""A typed text through the trained decoder: every head's map, one of them large, and one query's weighted sum."""

from collections.abc import Callable
from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.language_model import (
    ANSWER_HEAD,
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
from app.experiments.memo import memo
from models.attention.dot_product import attention_weights
from models.interpretability.altered_attention import (
    altered,
    shuffled_in,
    shuffled_weights,
    uniform_weights,
    unnormalised_weights,
    weighing,
    withholding,
)
from models.transformer.decoder import Decoder

Weigh = Callable[[Tensor], Tensor]

WEIGHTS: dict[str, Callable[[int], Weigh]] = {  # each takes a seed
    "learned": lambda seed: attention_weights,
    "uniform": lambda seed: uniform_weights,
    "shuffled": lambda seed: lambda scores: shuffled_weights(scores, seed),
    "unnormalised": lambda seed: unnormalised_weights,
}
SHUFFLED_IN: dict[str, tuple[int, tuple[int, ...]]] = {  # layer, heads
    "shuffled in heads 2 and 3 of layer 1": (1, (2, 3)),
    "shuffled in heads 6 and 7 of layer 1": (1, (6, 7)),
}
"""Two heads that layer 3, head 3 cannot do without, and two others of the same layer; chosen on other questions."""
CUTS: dict[str, tuple[tuple[int, int], ...]] = {  # (layer, head)
    "nothing": (),
    "best answer head": ((3, 3),),
    "four answer heads": ((3, 3), (3, 2), (2, 6), (2, 7)),
    "four other heads": ((3, 0), (3, 1), (2, 0), (2, 1)),
}
"""Heads whose last query may not attend to the answer. The answer heads are the four with most of its weight, chosen on
other questions than the page asks; the others are of the same layers."""


class MapControls(HeadControls):
    renamed: ClassVar = {"weights=undivided": "unnormalised", "weights=even": "uniform"}
    weights: Literal[
        "learned",
        "uniform",
        "shuffled",
        "unnormalised",
        "shuffled in heads 2 and 3 of layer 1",
        "shuffled in heads 6 and 7 of layer 1",
    ] = Field("learned", title="Weights", description="As trained, or replaced: in all heads where none is named")
    cut: Literal["nothing", "best answer head", "four answer heads", "four other heads"] = Field(
        "nothing", title="Hide the answer from", description="The last query of these heads may not attend to it"
    )


class MapResult(NamedTuple):
    controls: MapControls
    text: TextRun
    answers: Answers | None  # None for a published model, which is not asked about the tiny world

    @property
    def query(self) -> int:
        return self.controls.token(len(self.text.pieces))


def weigh_of(controls: MapControls, layer: int) -> Weigh:
    """How the scores of a layer become weights."""
    seed = 100 * controls.seed + layer
    if controls.weights not in SHUFFLED_IN:
        return WEIGHTS[controls.weights](seed)
    changed, heads = SHUFFLED_IN[controls.weights]
    return (lambda scores: shuffled_in(scores, heads, seed)) if layer == changed else attention_weights


def altered_model(controls: MapControls, device: str, position: Tensor) -> Decoder:
    """``position`` (B,) is that of the answer in each text."""
    model = language_model(device, controls.model)
    if controls.weights != "learned":
        return altered(model, lambda layer, _: weighing(weigh_of(controls, layer)))
    if controls.cut == "nothing":
        return model
    heads = lambda layer: [head for number, head in CUTS[controls.cut] if number == layer]
    return altered(model, lambda layer, _: withholding(heads(layer), position))


@memo
def answered(weights: str, cut: str, seed: int, device: str) -> Answers:
    """The questions do not depend on the text on screen: a click asks them no second time."""
    controls = MapControls.model_validate({"weights": weights, "cut": cut, "seed": seed})
    return answers(altered_model(controls, device, ask(seed).stated), seed)


def run(controls: MapControls, device: str) -> MapResult:
    text = run_text(language_model(device, controls.model), controls.sentence, controls.model)
    if controls.published:
        return published(controls, device, text)
    if controls.weights != "learned" or controls.cut != "nothing":
        answer = text.weights[ANSWER_HEAD][-1].argmax()[None]  # where the best answer head looks for it
        text = run_text(altered_model(controls, device, answer), controls.sentence)
    return MapResult(controls, text, answered(controls.weights, controls.cut, controls.seed, device))


def published(controls: MapControls, device: str, text: TextRun) -> MapResult:
    """The text alone; which heads find the answers is known of the tiny world's model only."""
    if controls.weights in SHUFFLED_IN:
        text = text._replace(notices=[*text.notices, "weights: names heads of the tiny world's model; none is changed"])
    elif controls.weights != "learned":
        text = run_text(altered_model(controls, device, torch.zeros(1)), controls.sentence, controls.model)
    if controls.cut != "nothing":
        text = text._replace(notices=[*text.notices, "cut: names heads of the tiny world's model; nothing is hidden"])
    return MapResult(controls, text, None)


def measure(result: MapResult) -> Measurements:
    text, (weights, near) = result.text, of_query(result)
    return _of_questions(result) | {
        "mean_weight_on_first_token": text.weights[:, :, 1:, 0].mean().item() if len(text.pieces) > 1 else 1.0,
        "largest_distance_from_mean": max(distance_from_mean(text, layer) for layer in range(len(text.layers))),
        "weight_of_the_query": weights.sum().item(),
        "largest_weight": weights.max().item(),
        "values_for_cosine_099": (near < 0.99).sum().item() + 1,
        "next_token_probability": text.prediction(-1)[1],
    }


def _of_questions(result: MapResult) -> dict[str, float]:
    if result.answers is None:
        return {}
    questions = ask(result.controls.seed)
    on_answer = weight_on(result.answers, questions.stated)  # (L, H)
    return {
        "answers_right_share": right(result.answers, questions).float().mean().item(),
        "answer_head_weight": on_answer[ANSWER_HEAD].item(),
        "picked_head_weight_on_answer": on_answer[result.controls.layer, result.controls.head].item(),
        "heads_mostly_on_answer": (on_answer > 0.5).sum().item(),
    }


def distance_from_mean(text: TextRun, layer: int) -> float:
    """Between a head's output and the weighted average of its values: largest over heads, tokens, features."""
    trace = text.layers[layer]
    shares = trace.weights[0] / trace.weights[0].sum(dim=-1, keepdim=True)  # (H, T, T)
    return (shares @ text.values(layer) - trace.output[0]).abs().max().item()


def of_query(result: MapResult) -> tuple[Tensor, Tensor]:
    """The picked query's weights (T,), and the cosine with its output as values are added, heaviest first (T,)."""
    controls, trace, query = result.controls, result.text.layers[result.controls.layer], result.query
    weights, output = trace.weights[0, controls.head, query], trace.output[0, controls.head, query]
    terms = weights[:, None] * result.text.values(controls.layer)[controls.head]
    sums = terms[weights.argsort(descending=True)].cumsum(dim=0)
    return weights, torch.cosine_similarity(sums, output[None], dim=-1)
