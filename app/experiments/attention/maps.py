"""A typed text through the trained decoder: every head's map, the picked one large, and one token's weighted sum."""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.trained import (
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
from app.experiments.base import Experiment, Figure, Figures, Measurements
from models.attention.altered import altered, even_weights, shuffled_weights, undivided_weights, weighing
from models.attention.dot_product import attention_weights
from models.transformer.decoder import Decoder
from visualizers.heads import large_map, overview
from visualizers.weighted_sum import weighted_sum

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
    on_answer = weight_on(result.asked, questions.told)  # (L, H)
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
        "next_token_probability": text.forecast(-1)[1],
    }


def distance_from_mean(text: TextRun, layer: int) -> float:
    """Between a head's output and the mean of the values under its weights: largest over heads, tokens, features."""
    trace = text.layers[layer]
    shares = trace.weights[0] / trace.weights[0].sum(dim=-1, keepdim=True)  # (H, T, T)
    return (shares @ text.values(layer) - trace.mixed[0]).abs().max().item()


def of_query(result: MapResult) -> tuple[Tensor, Tensor]:
    """The picked query's weights (T,), and the cosine with its output as values are added, heaviest first (T,)."""
    controls, trace = result.controls, result.text.layers[result.controls.layer]
    query = controls.token(len(result.text.pieces))
    weights, output = trace.weights[0, controls.head, query], trace.mixed[0, controls.head, query]
    terms = weights[:, None] * result.text.values(controls.layer)[controls.head]
    sums = terms[weights.argsort(descending=True)].cumsum(dim=0)
    return weights, torch.cosine_similarity(sums, output[None], dim=-1)


def draw(result: MapResult) -> Figures:
    controls, text = result.controls, result.text
    query = controls.token(len(text.pieces))
    trace = text.layers[controls.layer]
    weights = trace.weights[0, controls.head, query]
    here = query + 1  # later tokens are out of sight
    top = int(weights.argmax())
    place = f"layer {controls.layer}, head {controls.head}"
    asking, found = text.pieces[query], text.pieces[top]
    word, p = text.forecast(query)
    metrics = measure(result)
    L, H = text.weights.shape[:2]
    return {
        "heads": Figure(
            title=f"Every head, {L} layers × {H}",
            caption="The darker, the more weight. The ringed head is the large map; click another.",
            text=(
                f"Over {len(result.asked.logits)} other texts the head that looks back most gives the answer"
                f" {metrics['largest_mean_weight_on_answer']:.3g} of the last token's weight; the model answers"
                f" {metrics['answers_right_share']:.0%} of them rightly."
            ),
            plot=overview(text.weights.numpy(), picked=(controls.layer, controls.head)),
            height=300,
            half=text.short,
        ),
        "map": Figure(
            title=f"What each token looks at: {place}",
            caption="A row asks; its weights add up to one. The {accent|framed} row is summed below; click another.",
            text=f"“{asking}” gives most weight to “{found}”, {weights[top]:.3f}.",
            plot=large_map(trace.weights[0, controls.head].numpy(), text.pieces, query=query, sets="query"),
            height=300 if text.short else 560,
            half=text.short,
        ),
        "sum": Figure(
            title=f"What “{asking}” takes in; then the model expects “{word}”",
            caption=(
                "Each row is a token: its {accent|weight}, and weight times value, feature by feature."
                " Step through it: the sum turns into the head's output."
            ),
            text=(
                f"The largest weight, {weights[top]:.3f}, goes to “{found}”;"
                f" {metrics['values_for_cosine_099']:.0f} of {here} values bring the sum within a cosine of 0.99"
                f" of the output. After “{asking}” the model expects “{word}” with probability {p:.3f}."
            ),
            plot=weighted_sum(
                text.pieces[:here],
                weights[:here].numpy(),
                text.values(controls.layer)[controls.head, :here].numpy(),
                trace.mixed[0, controls.head, query].numpy(),
                sets="query",
            ),
            height=min(560, 118 + 20 * here),
            steps="values added",
            start=query,
        ),
    }


EXPERIMENT = Experiment(
    "attention-maps",
    MapControls,
    run,
    measure,
    draw,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
)
