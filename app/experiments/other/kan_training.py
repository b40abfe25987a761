"""Kolmogorov–Arnold networks that start differently, trained side by side on ever finer grids; the best one counts."""

from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from models.approximation.kan import KAN
from models.approximation.levenberg_marquardt import LevenbergMarquardt
from models.data.formulas_of_two import FORMULAS
from models.parameter_count import parameter_count
from models.seeding import generator

STARTS, HELD_OUT = 4, 400
"""Networks that start differently; held-out points."""

GRIDS = (3, 5, 10, 20, 40)
CURVE = 61
"""Points at which a curve is drawn."""


class Points(NamedTuple):
    """Points to learn from and held-out ones; targets have mean 0 and standard deviation 1 over the former."""

    x: Tensor  # (P, 2) from −1 to 1
    t: Tensor  # (P, 1)
    held_out: Tensor  # (Q, 2)
    held_out_t: Tensor  # (Q, 1) without noise
    mean: Tensor  # () of the formula's values
    deviation: Tensor  # ()


def points_of(formula: str, count: int, noise: float, seed: int, low: float = -1.0, high: float = 1.0) -> Points:
    """``low`` and ``high`` are the range of both numbers of the formula; the network is given them from −1 to 1."""
    draws, function = generator(seed), FORMULAS[formula]
    inside = lambda x: function((low + high) / 2 + (high - low) / 2 * x)[:, None]
    x, held_out = (2 * torch.rand(rows, 2, generator=draws, dtype=torch.double) - 1 for rows in (count, HELD_OUT))
    t = inside(x)
    mean, deviation = t.mean(), t.std()
    noisy = (t - mean) / deviation + noise * torch.randn(count, 1, generator=draws, dtype=torch.double)
    return Points(x, noisy, held_out, (inside(held_out) - mean) / deviation, mean, deviation)


class LayerWeights(NamedTuple):
    """One layer of all networks."""

    knots: Tensor  # (R, 1, I, G + 2k + 1)
    base: Tensor  # (R, 1, O, I)
    c: Tensor  # (R, 1, O, I, G + k)


class Fit:
    """Networks of one kind that start differently; the one with the lowest training error is the best."""

    def __init__(self, model: nn.Module, points: Points) -> None:
        self.model, self.points = model, points
        self.networks = len(next(model.parameters()))
        self.x = points.x.expand(self.networks, -1, -1)  # (R, P, 2)
        self.optimizer = LevenbergMarquardt(model, self.x, points.t)
        self.training_errors: list[float] = []
        self.best = 0

    @property
    def parameters(self) -> int:
        """Of one network."""
        return parameter_count(self.model) // self.networks

    @torch.no_grad()
    def held_out_error(self) -> float:
        """Root mean square over held-out points, of the best network."""
        return (self.best_outputs(self.points.held_out) - self.points.held_out_t).square().mean().sqrt().item()

    def best_outputs(self, x: Tensor) -> Tensor:
        """(Q, 2) → (Q, 1)"""
        return self.model(x.expand(self.networks, -1, -1))[0][self.best]

    def step(self) -> None:
        losses = self.optimizer.step()
        self.best = int(losses.argmin())
        self.training_errors.append(losses[self.best].sqrt().item())


class KANFit(Fit):
    """Trained for so many steps on each grid, from coarse to fine."""

    model: KAN

    def __init__(self, model: KAN, points: Points, grids: tuple[int, ...], steps: int) -> None:
        super().__init__(model, points)
        self.grids, self.steps = grids, steps

    def step(self) -> None:
        grid, within = divmod(len(self.training_errors), self.steps)
        if within in (0, self.steps // 2):  # halfway again: hidden nodes have come to take other values
            self.model.regrid(self.x, self.grids[grid])
            self.optimizer = LevenbergMarquardt(self.model, self.x, self.points.t)
        super().step()

    @torch.no_grad()
    def weights(self) -> list[LayerWeights]:
        return [
            LayerWeights(layer.knots, layer.base.detach().clone(), layer.c.detach().clone())
            for layer in cast(Any, self.model.layers)
        ]

    @torch.no_grad()
    def ranges(self) -> list[tuple[Tensor, Tensor]]:
        """Lowest and highest input of each layer at the training points, (R, 1, I) each."""
        return [(h.amin(1, keepdim=True), h.amax(1, keepdim=True)) for h in self.model(self.x)[1].nodes[:-1]]
