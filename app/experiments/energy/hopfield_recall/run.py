"""A drawing and other patterns are stored by Hebb's rule; a damaged copy is recalled unit by unit."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, SIDE, Drawing, read_drawing
from app.experiments.memo import memo
from models.data.binary_patterns import binary_digits, flipped, random_patterns
from models.energy.hopfield import Hopfield, HopfieldTrace, hebbian_weights, overlap, states_along
from models.seeding import generator

N = SIDE * SIDE
SWEEPS = 4
NETWORKS = 400
"""Of random patterns, whose recalls are counted."""

COUNTED = 100
"""Networks behind each point of the curves over the number of patterns."""

NUMBERS = (1, 2, 3, 4, 6, 8, 10, 12)

Others = Literal["random patterns", "digits"]
Written = Literal["−1 and 1", "0 and 1", "0 and 1, mean subtracted"]
Connections = Literal["all", "half cut, both directions", "half cut, one direction each"]


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


class Recalls(NamedTuple):
    """Many networks with patterns of their own, each recalling the first of them from a damaged copy."""

    start: Tensor  # (R,) overlap with that pattern
    end: Tensor  # (R,)
    rise: Tensor  # (R,) largest rise of the energy in one update


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


def on_paper(text: str) -> Tensor:
    """A drawing as −1 (paper) and 1 (ink).  (N,)"""
    return torch.where(read_drawing(text).flatten() > 0.5, 1.0, -1.0)


def other_patterns(others: Others, *shape: int, draws: torch.Generator) -> Tensor:
    """(..., N)"""
    if others == "random patterns":
        return random_patterns(*shape, N, draws=draws)
    return torch.stack([binary_digits(shape[-1], draws) for _ in range(shape[0] if len(shape) > 1 else 1)]).view(
        *shape, N
    )


def stored_in(patterns: Tensor, written: Written, connections: Connections, draws: torch.Generator) -> Tensor:
    """The weights of patterns (..., K, N).  (..., N, N)"""
    if written != "−1 and 1":
        patterns = (1 + patterns) / 2
    if written == "0 and 1, mean subtracted":
        patterns = patterns - patterns.mean((-2, -1), keepdim=True)
    w = hebbian_weights(patterns)  # (..., N, N)
    if connections == "all":
        return w
    kept = (torch.rand(w.shape, generator=draws) < 0.5).triu(1)  # (..., N, N)
    if connections == "half cut, both directions":
        return w * (kept | kept.mT)
    return w * torch.where(torch.ones(N, N).triu(1) > 0, kept, ~kept.mT)


def swept(draws: torch.Generator) -> Tensor:
    """Every unit once per sweep, each sweep in an order of its own.  (T,)"""
    return torch.cat([torch.randperm(N, generator=draws) for _ in range(SWEEPS)])


def flips(damage: int) -> int:
    return round(damage * N / 100)


@memo
def recalls(
    networks: int, stored: int, others: Others, damage: int, written: Written, connections: Connections, seed: int
) -> Recalls:
    """So many networks, none of which stores the drawing."""
    draws = generator(seed)
    patterns = other_patterns(others, networks, stored, draws=draws)  # (R, K, N)
    start = flipped(patterns[:, 0], flips(damage), draws)  # (R, N)
    network = Hopfield(stored_in(patterns, written, connections, draws))
    end, trace = network(start, swept(draws))
    first = patterns[:, 0]
    return Recalls(overlap(start, first), overlap(end, first), trace.energy.diff(dim=0).amax(0))


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
