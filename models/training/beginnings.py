"""What the trainings of a growing automaton begin their steps with, and the error after some more.

``seed`` begins each step of the training with the seed cell; ``pool`` mostly goes on from states that the rule led to
before; ``damage`` does so too, and erases a disc in half of them.

Paper: Mordvintsev et al. 2020, "Growing Neural Cellular Automata" (Distill), experiments 1 to 3.
"""

from typing import Literal

import torch
from torch import Tensor

from models.cellular.automaton import erased, seed_cell
from models.data.drawn_target import SIZE, lizard
from models.training.cells import TRAININGS
from models.training.side_by_side import SideBySide

CHANNELS = 8
POOL = 64
SHORTEST, LONGEST = 20, 32
PART = 0.5
"""The share of cells that take part in a step."""

Way = Literal["seed", "pool", "damage"]


def error(x: Tensor) -> Tensor:
    """The mean squared error of what is seen of each state (…, Y, X, C)."""
    return (x[..., 0] - lizard().to(x)).square().mean(dim=(-2, -1))


class Beginnings:
    """What the trainings of one way begin their steps with: pools of states (N, P, Y, X, C)."""

    def __init__(self, way: Way, batch: int) -> None:
        self.way, self.batch = way, batch
        self.pools = seed_cell(SIZE, CHANNELS, TRAININGS * POOL).unflatten(0, (TRAININGS, POOL))

    def drawn(self, draws: torch.Generator) -> tuple[Tensor, Tensor]:
        """States to begin with (N, B, Y, X, C), and where in the pools they lie (N, B)."""
        places = torch.rand(TRAININGS, POOL, generator=draws).argsort(dim=1)[:, : self.batch]  # (N, B)
        which = torch.arange(TRAININGS)[:, None]
        seed = seed_cell(SIZE, CHANNELS)[0]
        if self.way == "seed":
            return seed.expand(TRAININGS, self.batch, *seed.shape), places
        worst_first = error(self.pools[which, places]).argsort(dim=1, descending=True)
        places = places.gather(1, worst_first)
        x = self.pools[which, places].clone()
        x[:, 0] = seed  # the worst begins anew
        if self.way == "damage":
            half = self.batch // 2
            row, column, radius = torch.rand(3, TRAININGS * half, generator=draws)
            broken = erased(x[:, -half:].flatten(0, 1), 3 + 10 * row, 3 + 10 * column, 2 + 2.5 * radius)
            x[:, -half:] = broken.unflatten(0, (TRAININGS, half))
        return x, places

    def loss(self, models: SideBySide, draws: torch.Generator) -> Tensor:
        """The sum of the trainings' mean errors after 20 to 32 steps."""
        x, places = self.drawn(draws)
        steps = int(torch.randint(SHORTEST, LONGEST + 1, (1,), generator=draws))
        part = torch.rand(TRAININGS, self.batch, steps, SIZE, SIZE, 1, generator=draws) < PART
        with torch.autocast(x.device.type, enabled=False):  # rounding would add up over the steps
            x = models(x, part.float())
            loss = TRAININGS * error(x).mean()
        if self.way != "seed":
            self.pools[torch.arange(TRAININGS)[:, None], places] = x.detach()
        return loss
