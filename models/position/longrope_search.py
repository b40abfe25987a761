"""LongRoPE: one factor per pair, found by an evolutionary search on the model's own loss.

Paper: Ding et al. 2024, "LongRoPE", section 3.1 (what is searched) and 3.2 (how).

Symbols
    λ  factor of each pair (P,), 1 = as trained, never falling from high to low frequencies
    n̂  number of first positions whose angles are not rescaled     s  stretch     θ  radians per position (P,)
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from models.position.rope import RoPE, angles, rotate

UNTOUCHED = (0, 1, 2, 4, 8, 16, 32)
"""What n̂ may be: some values of the paper's list, as far as they make sense for texts of 256 tokens."""
CHANGE = 0.3  # chance of each factor to mutate
STEP = 0.35  # standard deviation of the logarithm of a mutation


class Candidate(NamedTuple):
    factors: Tensor  # (P,)
    untouched: int


class Scored(NamedTuple):
    candidate: Candidate
    loss: float


def rescaled_angles(positions: Tensor, theta: Tensor, candidate: Candidate) -> Tensor:
    """φ = m θᵢ for m < n̂, m θᵢ / λᵢ from there on: (T, P)."""
    plain, slowed = angles(positions, theta), angles(positions, theta / candidate.factors.to(theta))  # (T, P)
    return torch.where(positions[:, None] < candidate.untouched, plain, slowed)


class LongRoPE(RoPE):
    """Queries and keys rotated by the rescaled angles.

    With n̂ = L this is also what a cache makes of it whose first L keys were rotated before the factors were switched.
    """

    def __init__(self, theta: Tensor, candidate: Candidate) -> None:
        super().__init__()
        self.register_buffer("theta", theta, persistent=False)
        self.candidate = candidate

    def turn(self, x: Tensor, positions: Tensor) -> Tensor:
        return rotate(x, rescaled_angles(positions, self.get_buffer("theta"), self.candidate))


def legal(factors: Tensor, stretch: float) -> Tensor:
    """1 ≤ λ₀ ≤ λ₁ ≤ …, none above 1.25 s: the monotone constraint of section 3.2."""
    return factors.clamp(1, 1.25 * stretch).cummax(dim=0).values


def mutated(parent: Candidate, stretch: float, draws: torch.Generator) -> Candidate:
    """λ′ᵢ = λᵢ e^(0.35 ε), ε standard normal, for some of the factors; perhaps another n̂."""
    change = torch.rand(len(parent.factors), generator=draws) < CHANGE
    change |= torch.arange(len(change)) == torch.randint(len(change), (), generator=draws)
    noise = (STEP * torch.randn(len(change), generator=draws)).exp()
    factors = torch.where(change, parent.factors * noise, parent.factors)
    other = UNTOUCHED[int(torch.randint(len(UNTOUCHED), (), generator=draws))]
    keep = torch.rand((), generator=draws) > CHANGE
    return Candidate(legal(factors, stretch), parent.untouched if keep else other)


def crossed(one: Candidate, other: Candidate, stretch: float, draws: torch.Generator) -> Candidate:
    """Each factor from one parent or the other; n̂ from the first."""
    from_one = torch.rand(len(one.factors), generator=draws) < 0.5
    return Candidate(legal(torch.where(from_one, one.factors, other.factors), stretch), one.untouched)


def search(
    loss: Callable[[Candidate], float],
    start: Sequence[Candidate],
    stretch: float,
    rounds: int,
    children: int,
    parents: int,
    draws: torch.Generator,
) -> Iterator[list[Scored]]:
    """The population, best first, at the start and after every round of mutated and crossed children."""
    population = sorted((Scored(candidate, loss(candidate)) for candidate in start), key=lambda scored: scored.loss)
    yield population
    for _ in range(rounds):
        best = [scored.candidate for scored in population[:parents]]
        pick = torch.randint(len(best), (children, 2), generator=draws).tolist()
        born = [
            mutated(best[one], stretch, draws) if place % 2 == 0 else crossed(best[one], best[other], stretch, draws)
            for place, (one, other) in enumerate(pick)
        ]
        scored = [Scored(candidate, loss(candidate)) for candidate in born]
        population = sorted((*population, *scored), key=lambda scored: scored.loss)[: len(start) + parents]
        yield population
