"""An energy-based model of the plane: low energy where data is, learned from data and from chains that roll downhill.

Papers: LeCun et al. 2006, "A Tutorial on Energy-Based Learning" (energies instead of probabilities);
Welling & Teh 2011, "Bayesian Learning via Stochastic Gradient Langevin Dynamics" (Langevin steps);
Tieleman 2008, "Training Restricted Boltzmann Machines using Approximations to the Likelihood Gradient"
(persistent chains).

Symbols
    x  points (B, N)        E(x)  energy (B,)        Z  partition function        N = 2  coordinates
    ε  step of a chain      ξ  standard normal noise      ρ  width of the bowl        M  units per hidden layer
    G  cells of a grid over the plane
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.layers.multilayer_perceptron import MLP


class EnergyTrace(NamedTuple):
    hidden: list[Tensor]  # outputs of the two hidden layers, (B, M) each


def langevin_step(x: Tensor, slope: Tensor, noise: Tensor, step: float) -> Tensor:
    """x ← x − ε²/2 ∇E(x) + ε ξ: downhill, and a little at random.  Welling & Teh, with all data at once."""
    return x - step**2 / 2 * slope + step * noise


def contrast(data: Tensor, chains: Tensor) -> Tensor:
    """L = mean E(data) − mean E(chains): its gradient is that of −log p(data), if the chains are samples of p."""
    return data.mean() - chains.mean()


def grid_probabilities(energy: Tensor) -> Tensor:
    """p_g = exp(−E_g) / Σ exp(−E): the normalised density, cell by cell; Z is the sum over the grid.  (G,) → (G,)"""
    return (-energy).softmax(-1)


class EnergyModel(nn.Module):
    """E(x) = network(x) + ‖x‖² / (2ρ²): a network with tanh, in a bowl that keeps the chains from leaving."""

    def __init__(self, units: int = 48, bowl: float = 2.0) -> None:
        super().__init__()
        self.network, self.bowl = MLP([2, units, units, 1], "tanh"), bowl

    def forward(self, x: Tensor) -> tuple[Tensor, EnergyTrace]:
        out, trace = self.network(x)
        return out.squeeze(-1) + x.square().sum(-1) / (2 * self.bowl**2), EnergyTrace(trace.hidden)

    @torch.no_grad()
    def slope(self, x: Tensor) -> Tensor:
        """∇E(x) by the chain rule, layer by layer from the last; as autograd gives it, in a third of the time."""
        first, second = self.network(x)[1].hidden  # each (B, M)
        w1, w2, w3 = self.network.weights
        back = (w3 * (1 - second.square())) @ w2 * (1 - first.square())  # (B, M)
        return back @ w1 + x / self.bowl**2

    def roll(self, x: Tensor, steps: int, step: float, draws: torch.Generator) -> Tensor:
        """Points after ``steps`` Langevin steps.  (B, N) → (B, N)"""
        for _ in range(steps):
            x = langevin_step(x, self.slope(x), torch.randn(x.shape, generator=draws), step)  # (B, N)
        return x
