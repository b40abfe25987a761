"""A small grid with a field of coins: walks at random, what each step earns, and what a policy earns.

Symbols
    B  episodes      T  steps       s  cells, numbered row by row      a  moves      g  rewards (0 or 1)
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from torch import Tensor

SIDE, STEPS, MOVES = 5, 12, 4
CELLS = SIDE * SIDE
DELTAS = torch.tensor([[-1, 0], [1, 0], [0, -1], [0, 1]])
"""(row, column) of up, down, left, right."""
NAMES = ("↑", "↓", "←", "→")

Rewards = Literal["coins in one corner", "coins in another corner", "a lottery"]
CORNERS: dict[str, tuple[int, ...]] = {
    "coins in one corner": (18, 19, 23, 24), "coins in another corner": (0, 1, 5, 6),
}  # fmt: skip
"""Cells on which a step earns a coin."""
LOTTERY = 0.16
"""The probability of a coin per step in the lottery: about the mean of the others, whatever is done."""


class Episodes(NamedTuple):
    cells: Tensor  # (B, T) before each step
    moves: Tensor  # (B, T)
    rewards: Tensor  # (B, T) of each step

    @property
    def returns(self) -> Tensor:
        """(B,)"""
        return self.rewards.sum(dim=1)


def moved(cells: Tensor, moves: Tensor) -> Tensor:
    """The cell after a move; a wall leaves the walker where it is.  (B,), (B,) → (B,)"""
    step = DELTAS.to(cells.device)[moves]  # (B, 2)
    row = (cells // SIDE + step[:, 0]).clamp(0, SIDE - 1)
    column = (cells % SIDE + step[:, 1]).clamp(0, SIDE - 1)
    return row * SIDE + column


def earned(cells: Tensor, rewards: Rewards, draws: torch.Generator) -> Tensor:
    """What arriving at these cells earns.  (B,) → (B,)"""
    if rewards == "a lottery":
        return (torch.rand(len(cells), generator=draws) < LOTTERY).float()
    return torch.isin(cells, torch.tensor(CORNERS[rewards])).float()


def returns_to_go(rewards: Tensor) -> Tensor:
    """R̂ₜ = gₜ + gₜ₊₁ + … + g_T: what is still to be earned.  (..., T) → (..., T)"""
    return rewards.flip(-1).cumsum(dim=-1).flip(-1)


Policy = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Moves (B,) from the cells (B, t), earlier moves (B, t − 1) and earlier rewards (B, t − 1) of each walker."""


def played(policy: Policy, start: Tensor, rewards: Rewards, draws: torch.Generator) -> Episodes:
    """Episodes of a policy from these cells (B,)."""
    cells, moves, gained = [start], list[Tensor](), list[Tensor]()
    empty = start.new_zeros(len(start), 0)
    for _ in range(STEPS):
        before = torch.stack(moves, dim=1) if moves else empty, torch.stack(gained, dim=1) if gained else empty.float()
        moves.append(policy(torch.stack(cells, dim=1), *before))
        cells.append(moved(cells[-1], moves[-1]))
        gained.append(earned(cells[-1], rewards, draws))
    return Episodes(torch.stack(cells[:-1], dim=1), torch.stack(moves, dim=1), torch.stack(gained, dim=1))


def starts(rows: int) -> Tensor:
    """The cell in the middle: (B,)"""
    return torch.full((rows,), CELLS // 2)


def wandering(rows: int, rewards: Rewards, draws: torch.Generator) -> Episodes:
    """Episodes of moves at random."""
    policy = lambda cells, moves, gained: torch.randint(MOVES, (len(cells),), generator=draws)
    return played(policy, starts(rows), rewards, draws)
