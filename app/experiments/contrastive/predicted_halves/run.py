"""A network predicts the vector of a digit's hidden half from the half that it sees, while the vectors are learned."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.contrastive.predicted_halves.halves_training import (
    PIXELS,
    SNAPSHOTS,
    Guards,
    Learnt,
    Method,
    Plan,
    Snapshot,
    guards,
    halves_of,
    learnt,
)
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.live_training import Progress
from models.contrastive.joint_embedding import energy, explained, half
from models.data.digits import digits
from models.parameter_count import parameter_count

LAST = 20
"""Batches whose mean loss is measured."""

SHOWN = 5
"""Halves that are drawn in each row."""

Side = Literal["upper", "lower", "left", "right"]
HALVES: tuple[Side, ...] = ("upper", "lower", "left", "right")


class HalvesControls(Controls):
    drawing: Drawing = Field("example 4", title="Digit")
    seen: Side = Field("upper", title="Visible half")
    method: Method = Field("guarded", title="Method")
    momentum: float = Field(
        0.99, ge=0, le=0.999, title="Momentum", description="0: the target encoder is the context encoder"
    )
    steps: int = Field(400, ge=100, le=1600, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class HalvesResult(NamedTuple):
    controls: HalvesControls
    progress: Progress[Snapshot]
    own: Learnt  # by the settings
    guards: Mapping[Guards, Learnt]  # the same training with all guards, and with each of them off
    predicted: Tensor  # (Q, D) of the hidden half of each held-out digit
    target: Tensor  # (Q, D)
    energies: Tensor  # (Q,) of your visible half with the hidden half of each held-out digit
    yours: Tensor  # (8, 8) from −1 to 1
    visible: Tensor  # (8, 8) True in your visible half
    others: Tensor  # (Q, 8, 8) the digits whose hidden halves yours is tried with
    y: Tensor  # (Q,) their classes
    parameters: int

    @property
    def side(self) -> int:
        return HALVES.index(self.controls.seen)

    @property
    def hidden(self) -> Side:
        return HALVES[self.side ^ 1]

    @property
    def losses(self) -> Tensor:
        """Of the steps so far."""
        return self.own.losses


def run(controls: HalvesControls, device: str) -> Iterator[HalvesResult]:
    """On the CPU whatever the device: a batch of 128 halves keeps no other one busy."""
    c, held_out, side = controls, digits()[1], HALVES.index(controls.seen)
    plan = Plan(c.method, c.momentum, c.steps, c.seed)
    x, yours = held_out.images.flatten(1), (2 * read_drawing(c.drawing) - 1).flatten()
    places = half(torch.arange(PIXELS)[None], torch.tensor([side]))[0, : PIXELS // 2].long()
    visible = torch.zeros(PIXELS, dtype=torch.bool).index_fill(0, places, True)
    for part in range(SNAPSHOTS + 1):
        own, arms = learnt(plan, part), {name: learnt(one, part) for name, one in guards(plan).items()}
        taken = [c.steps * one // SNAPSHOTS for one in range(part + 1)]
        with torch.no_grad():
            trace = own.model(*halves_of(x, side))[1]
            predicted = own.model(*halves_of(yours[None], side))[1].predicted  # (1, D)
        yield HalvesResult(
            c, Progress(own.snapshots, taken, taken[-1], c.steps), own, arms, trace.predicted, trace.target,
            energy(predicted, trace.target), yours.view(8, 8), visible.view(8, 8), held_out.images[:, 0],
            held_out.labels, parameter_count(own.model),
        )  # fmt: skip


def matched(snapshot: Snapshot) -> Tensor:
    """Share of held-out digits whose own half has a lower energy than another digit's, by visible half.  (4,)"""
    return (snapshot.own < snapshot.other).float().mean(1)


def measure(result: HalvesResult) -> Measurements:
    first, newest, at = result.progress.snapshots[0], result.progress.newest, result.side
    nearest = (result.predicted[:, None] - result.target).square().sum(-1).argmin(1)
    by_half = newest.own.mean(1) / newest.other.mean(1)
    found = {
        "matched_percent": 100 * matched(newest)[at].item(),
        "same_class_percent": 100 * (result.y[nearest] == result.y).float().mean().item(),
        "explained_percent": 100 * explained(result.predicted, result.target).item(),
        "spread": newest.spread[at].item(),
        "spread_at_start": first.spread[at].item(),
        "spread_kept_percent": 100 * (newest.spread / first.spread)[at].item(),
        "effective_rank": newest.rank[at].item(),
        "effective_rank_at_start": first.rank[at].item(),
        "loss": result.losses[-LAST:].mean().item(),
        "own_energy": newest.own[at].mean().item(),
        "other_energy": newest.other[at].mean().item(),
        "energy_over_other_percent": 100 * by_half[at].item(),
        "highest_energy_over_other_percent": 100 * by_half.max().item(),
        "lowest_energy_over_other_percent": 100 * by_half.min().item(),
    }
    for name, one in result.guards.items():
        key = name.replace("no ", "without ").replace(" ", "_").replace("-", "_")
        found |= {
            f"loss_{key}": one.losses[-LAST:].mean().item(),
            f"spread_{key}": one.snapshots[-1].spread[at].item(),
            f"rank_{key}": one.snapshots[-1].rank[at].item(),
        }
    return found
