"""One softmax update among many stored patterns: what comes back, at which β, and beside Hebb's rule."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing
from app.experiments.energy.drawn_pattern import N, flips, on_paper
from app.experiments.memo import memo
from models.data.binary_patterns import binary_digits, clustered_patterns, flipped, random_patterns
from models.energy.hopfield_capacity import ManyUnits
from models.energy.modern_hopfield import ModernHopfield, energy, pattern_weights, patterns_in_use, updated
from models.seeding import generator

QUERIES = 200
"""Stored patterns that are damaged and recalled, or all where fewer are stored."""

NUMBERS = (3, 10, 30, 100, 300, 1000)
BETAS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)
CLUSTER = 10
APART = {"tight clusters": 2, "loose clusters": 19}
"""Bits in which a pattern differs from the centre of its cluster."""

UPDATES = 3
CLASSICAL_UPDATES = 12
SHOWN = 5

Kind = Literal["random", "tight clusters", "loose clusters", "digits"]


class SoftmaxControls(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Drawing", description="One of the stored patterns")
    stored: Literal[3, 10, 30, 100, 300, 1000] = Field(1000, title="Stored patterns")
    kind: Kind = Field("random", title="The other patterns")
    beta: float = Field(0.5, ge=0.01, le=4, title="β", json_schema_extra={"log": True})
    damage: int = Field(20, ge=0, le=50, multiple_of=5, title="Damage", description="Percent of the bits flipped")
    values: Literal["the patterns", "other patterns"] = Field(
        "the patterns", title="What the weights average", json_schema_extra=MORE
    )
    scale: Literal["β", "1/√N"] = Field("β", title="Scale of the attention beside it", json_schema_extra=MORE)


class SoftmaxResult(NamedTuple):
    controls: SoftmaxControls
    patterns: Tensor  # (K, N) the drawing first
    cue: Tensor  # (1, N) the drawing, damaged
    weights: Tensor  # (1, K)
    recalled: Tensor  # (1, N)
    returned: Tensor  # (Q,) whether a query came back exactly, by the signs of one update
    in_use: Tensor  # (Q,) over how many patterns the weights are spread
    rise: float  # largest rise of the energy in one of three updates
    attention_difference: float  # largest difference to scaled dot-product attention, both in float64
    attention_returned: float  # share of the queries that this attention returns exactly
    by_beta: Tensor  # (betas,) share returned
    by_number: tuple[Tensor, Tensor]  # (numbers,) share returned by one softmax update, and by Hebb's rule


def patterns_of(kind: Kind, K: int, draws: torch.Generator, first: Tensor | None = None) -> Tensor:
    """Patterns, the ``first`` of which may be given; it then has the cluster of its own that its kind has.  (K, N)"""
    if kind == "digits":
        patterns = binary_digits(K, draws)
    elif kind == "random":
        patterns = random_patterns(K, N, draws=draws)
    else:
        patterns = clustered_patterns(K, N, CLUSTER, APART[kind], draws)
        if first is not None:
            distance = round(2 * APART[kind] * (1 - APART[kind] / N))  # of two patterns of one cluster
            patterns[:CLUSTER] = flipped(first.expand(min(CLUSTER, K), N), distance, draws)
    return patterns if first is None else torch.cat([first[None], patterns[1:]])


def share_returned(patterns: Tensor, beta: float, damage: int, draws: torch.Generator) -> float:
    """Of up to ``QUERIES`` damaged patterns, those that one update returns exactly."""
    asked = patterns[:QUERIES]
    back, _ = ModernHopfield(patterns, beta)(flipped(asked, flips(damage), draws))
    return (back.sign() == asked).all(-1).float().mean().item()


@memo
def at_number(K: int, kind: Kind, beta: float, damage: int, seed: int) -> tuple[float, float]:
    """Share returned by one softmax update, and by Hebb's rule in the same 64 units; several small memories."""
    memories = max(1, 60 // K)
    modern, classical = 0.0, 0.0
    for memory in range(memories):
        draws = generator(1000 * seed + memory)
        patterns = patterns_of(kind, K, draws)
        modern += share_returned(patterns, beta, damage, draws) / memories
        asked = patterns[:QUERIES]
        end, _ = ManyUnits(patterns)(flipped(asked, flips(damage), draws), CLASSICAL_UPDATES)
        classical += (end == asked).all(-1).float().mean().item() / memories
    return modern, classical


@torch.inference_mode()
def run(controls: SoftmaxControls, device: str) -> SoftmaxResult:
    """On the CPU whatever the device: the largest product has 200 × 64 × 1000 terms."""
    c = controls
    draws = generator(c.seed)
    drawn = on_paper(c.drawing)  # (N,)
    patterns = patterns_of(c.kind, c.stored, draws, drawn)
    values = patterns if c.values == "the patterns" else random_patterns(c.stored, N, draws=draws)
    cue = flipped(drawn[None], flips(c.damage), draws)  # (1, N)
    p = pattern_weights(patterns, cue, c.beta)  # (1, K)
    asked = patterns[:QUERIES]
    state = queries = flipped(asked, flips(c.damage), draws)  # (Q, N)
    energies = [energy(patterns, state, c.beta)]
    for _ in range(UPDATES):
        state = updated(values, pattern_weights(patterns, state, c.beta))
        energies.append(energy(patterns, state, c.beta))
    first = pattern_weights(patterns, queries, c.beta)  # (Q, K)
    back = updated(values, first)
    scale = c.beta if c.scale == "β" else N**-0.5
    exact = updated(values.double(), pattern_weights(patterns.double(), queries.double(), c.beta))
    attention = torch.nn.functional.scaled_dot_product_attention(
        queries.double(), patterns.double(), patterns.double(), scale=scale
    )
    numbers = [at_number(K, c.kind, c.beta, c.damage, c.seed) for K in NUMBERS]
    return SoftmaxResult(
        c, patterns, cue, p, updated(values, p), (back.sign() == asked).all(-1), patterns_in_use(first),
        torch.stack(energies).diff(dim=0).max().item(), (exact - attention).abs().max().item(),
        (attention.sign() == asked).all(-1).float().mean().item(),
        torch.tensor([share_returned(patterns, beta, c.damage, generator(c.seed)) for beta in BETAS]),
        (torch.tensor([modern for modern, _ in numbers]), torch.tensor([classical for _, classical in numbers])),
    )  # fmt: skip


def measure(result: SoftmaxResult) -> Measurements:
    drawn = result.patterns[0]
    c = result.controls
    at = NUMBERS.index(c.stored)
    return {
        "as_stated": float(c.stored == 1000 and c.damage == 20),
        "returned_percent": 100 * result.returned.float().mean().item(),
        "classical_returned_percent": 100 * result.by_number[1][at].item(),
        "patterns_in_use": result.in_use.mean().item(),
        "weight_of_the_drawing": result.weights[0, 0].item(),
        "wrong_pixels_before": int((result.cue[0] != drawn).sum()),
        "wrong_pixels_after": int((result.recalled[0].sign() != drawn).sum()),
        "attention_difference": result.attention_difference,
        "attention_returned_percent": 100 * result.attention_returned,
        "largest_energy_rise": result.rise,
    }
