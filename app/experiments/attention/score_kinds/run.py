"""Dot, bilinear and additive scores: the last two learn, while you watch, which key belongs to which query."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.live_training import Progress, training
from models.attention import partner_training
from models.attention.additive import additive_score, bilinear_score, dot_score
from models.attention.partner_training import Pairs, Scores, matrix_of, partners, rotation, untrained
from models.seeding import generator

WIDTH, HIDDEN, SHOWN, GROUPS = 8, 32, 8, 32
STEPS, SNAPSHOTS = 400, 10
LENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
KINDS = ("dot product", "bilinear", "additive")
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh, "ReLU": torch.relu, "none": torch.clone}


class ScoreKindControls(Controls):
    renamed: ClassVar = {
        "bilinear": "matrix",
        "bilinear=identity": "diagonal",
        "bilinear=knows the turn": "full",
        "partners=turned": "rotated",
    }
    partners: Literal["rotated", "alike"] = Field(
        "rotated", title="A key is its query", description="Rotated: multiplied by a random rotation; alike: unchanged"
    )
    matrix: Literal["full", "diagonal"] = Field(
        "full", title="Bilinear matrix", description="Diagonal: one weight per feature, all others 0"
    )
    activation: Literal["tanh", "ReLU", "none"] = Field("tanh", title="Activation of the additive score")
    pairs: Literal[8, 16, 32, 64, 256] = Field(256, title="Training pairs")


Found = tuple[float, float, float]
"""Percent of held-out queries whose partner scores highest, for each of KINDS."""


class ScoreKindResult(NamedTuple):
    controls: ScoreKindControls
    shown: Pairs  # (T, K), held out
    weights: tuple[Tensor, ...]  # W, then those of the additive score
    scores: dict[str, Tensor]  # kind → (T, T)
    grown: dict[str, Tensor]  # kind → (lengths,) largest score when all queries are so many times as long
    bound: Tensor  # Σ|u|
    progress: Progress[Found]


def found(scores: Tensor) -> float:
    """Percent of queries whose own partner has the highest score: (G, T, T)."""
    own = torch.arange(scores.shape[-1], device=scores.device)
    return 100 * (scores.argmax(dim=-1) == own).float().mean().item()


def scoring(controls: ScoreKindControls, learned: Scores) -> dict[str, Callable[[Tensor, Tensor], Tensor]]:
    w, activation = matrix_of(learned, controls.matrix), ACTIVATIONS[controls.activation]
    return {
        "dot product": dot_score,
        "bilinear": lambda q, k: bilinear_score(q, k, w),
        "additive": lambda q, k: additive_score(q, k, *learned.additive, activation),
    }


def run(controls: ScoreKindControls, device: str) -> Iterator[ScoreKindResult]:
    draws = generator(controls.seed)
    turn = rotation(WIDTH, draws) if controls.partners == "rotated" else torch.eye(WIDTH)
    new = lambda rows: Pairs(*(part.to(device) for part in partners(rows, turn, draws)))
    held_out, trained = new(SHOWN * GROUPS), new(controls.pairs)
    learned, activation = untrained(WIDTH, HIDDEN, draws, device), ACTIVATIONS[controls.activation]
    steps = partner_training.training(learned, trained, controls.matrix, activation, STEPS, controls.seed)
    evaluate = partial(partners_found, controls, held_out, learned)
    for progress in training(lambda: next(steps), evaluate, STEPS, SNAPSHOTS):
        yield result(controls, held_out, learned, progress)


@torch.no_grad()
def partners_found(controls: ScoreKindControls, held_out: Pairs, learned: Scores) -> Found:
    groups = list(zip(held_out.q.split(SHOWN), held_out.k.split(SHOWN), strict=True))
    one, two, three = (
        found(torch.stack([score(q, k) for q, k in groups])) for score in scoring(controls, learned).values()
    )
    return one, two, three


@torch.no_grad()
def result(controls: ScoreKindControls, held_out: Pairs, learned: Scores, progress: Progress[Found]) -> ScoreKindResult:
    q, k = held_out.q[:SHOWN], held_out.k[:SHOWN]
    kinds = scoring(controls, learned)
    return ScoreKindResult(
        controls,
        Pairs(q, k),
        (matrix_of(learned, controls.matrix).clone(), *(weight.detach().clone() for weight in learned.additive)),
        {kind: score(q, k) for kind, score in kinds.items()},
        {kind: torch.stack([score(length * q, k).abs().max() for length in LENGTHS]) for kind, score in kinds.items()},
        learned.additive[-1].abs().sum(),
        progress,
    )


def measure(result: ScoreKindResult) -> Measurements:
    dot, bilinear, additive = result.progress.newest
    growth = lambda kind: (result.grown[kind][-1] / result.grown[kind][LENGTHS.index(1.0)]).item()
    return {
        "dot_found_percent": dot,
        "bilinear_found_percent": bilinear,
        "additive_found_percent": additive,
        "chance_percent": 100 / SHOWN,
        "steps_trained": result.progress.step,
        "additive_over_its_bound": (result.grown["additive"].max() / result.bound).item(),
        "bilinear_growth": growth("bilinear"),
        "additive_growth": growth("additive"),
    }
