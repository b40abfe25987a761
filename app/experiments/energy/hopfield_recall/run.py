"""A drawing and other patterns are stored by Hebb's rule; a damaged copy is recalled unit by unit."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing
from app.experiments.energy.drawn_pattern import flips, on_paper
from app.experiments.energy.hopfield_recall.networks import (
    Connections,
    Others,
    Recalls,
    Written,
    other_patterns,
    recalls,
    stored_in,
    swept,
)
from models.data.binary_patterns import flipped
from models.energy.hopfield import Hopfield, HopfieldTrace, overlap, states_along
from models.seeding import generator

NETWORKS = 400
"""Of random patterns, whose recalls are counted."""

COUNTED = 100
"""Networks behind each point of the curves over the number of patterns."""

NUMBERS = (1, 2, 3, 4, 6, 8, 10, 12)


class RecallControls(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Drawing")
    cue: Literal["the drawing is stored", "the drawing is not stored"] = Field(
        "the drawing is stored", title="Cue", description="A drawing that is not stored is only where recall starts"
    )
    stored: int = Field(3, ge=1, le=12, title="Stored patterns")
    others: Others = Field("random patterns", title="The other patterns")
    damage: int = Field(20, ge=0, le=100, multiple_of=5, title="Damage", description="Percent of the pixels flipped")
    connections: Connections = Field("all", title="Connections")
    written: Written = Field(
        "−1 and 1", title="Paper and ink in Hebb’s rule", description="The states stay −1 and 1", json_schema_extra=MORE
    )


class RecallResult(NamedTuple):
    controls: RecallControls
    patterns: Tensor  # (K, N)
    weights: Tensor  # (N, N)
    start: Tensor  # (N,)
    order: Tensor  # (T,) the units as they are updated
    states: Tensor  # (T + 1, N)
    trace: HopfieldTrace
    nearest: int  # the stored pattern that the end agrees with most, or whose negative it does
    recalls: Recalls
    counted: tuple[Tensor, Tensor]  # (numbers,) share returned exactly: random patterns, digits


def counted(c: RecallControls, others: Others) -> Tensor:
    """Share of networks that return the pattern exactly, for each of ``NUMBERS``.  (numbers,)"""
    found = [recalls(COUNTED, k, others, c.damage, c.written, c.connections, c.seed) for k in NUMBERS]
    return torch.stack([(one.end == 1).float().mean() for one in found])


@torch.inference_mode()
def run(controls: RecallControls, device: str) -> RecallResult:
    """On the CPU whatever the device: a unit at a time keeps no other one busy."""
    c = controls
    draws = generator(c.seed)
    drawn = on_paper(c.drawing)  # (N,)
    others = other_patterns(c.others, c.stored, draws=draws)  # (K, N)
    patterns = torch.cat([drawn[None], others[1:]]) if c.cue == "the drawing is stored" else others
    weights = stored_in(patterns, c.written, c.connections, draws)
    start = flipped(drawn, flips(c.damage), draws)
    order = swept(draws)
    end, trace = Hopfield(weights)(start, order)
    many = recalls(NETWORKS, c.stored, c.others, c.damage, c.written, c.connections, c.seed)
    return RecallResult(
        c, patterns, weights, start, order, states_along(start, order, trace.changed), trace,
        int(overlap(end, patterns).abs().argmax()), many,
        (counted(c, "random patterns"), counted(c, "digits")),
    )  # fmt: skip


def wrong(state: Tensor, pattern: Tensor) -> int:
    """Pixels that differ."""
    return int((state != pattern).sum())


def measure(result: RecallResult) -> Measurements:
    c, many, nearest = result.controls, result.recalls, result.patterns[result.nearest]
    return {
        "as_stated": float(c.stored == 3 and c.damage == 20 and c.others == "random patterns"),
        "returned_percent": 100 * (many.end == 1).float().mean().item(),
        "negative_percent": 100 * (many.end == -1).float().mean().item(),
        "largest_energy_rise": max(many.rise.max().item(), result.trace.energy.diff().max().item()),
        "networks_with_a_rise_percent": 100 * (many.rise > 0).float().mean().item(),
        "mean_overlap_at_the_end": many.end.mean().item(),
        "wrong_pixels_at_the_start": wrong(result.start, result.patterns[0]),
        "wrong_pixels_at_the_end": wrong(result.states[-1], result.patterns[0]),
        "overlap_with_the_nearest": overlap(result.states[-1], nearest).item(),
        "energy_at_the_start": result.trace.energy[0].item(),
        "energy_at_the_end": result.trace.energy[-1].item(),
        "units_that_changed": int(result.trace.changed.sum()),
        "digits_returned_percent": 100 * result.counted[1][NUMBERS.index(3)].item(),
    }
