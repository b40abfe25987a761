"""A normalizing flow: invertible layers carry data to a simple base distribution, and back.

Works: Rezende & Mohamed 2015, "Variational Inference with Normalizing Flows" (densities through a chain of maps);
Dinh, Sohl-Dickstein & Bengio 2017, "Density estimation using Real NVP" (the layers, trained by maximum likelihood);
Papamakarios et al. 2021, "Normalizing Flows for Probabilistic Modeling and Inference", JMLR 22 (what a base can do).

Symbols
    x  data (P, D)        z = f(x)  the same points in the base (P, D)        f = f_L ∘ … ∘ f_1  layers
    p_z  density of the base        log_dets  log |det ∂f_l/∂x| of each layer (L, P)
    P  points             D  dimensions            L  layers
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.generative.coupling import AffineCoupling
from models.generative.mixtures import Mixture
from models.generative.mixtures import log_density as mixture_log_density
from models.seeding import generator, unfilled

SPREAD, SMALL = 1.5, 0.01
"""Of the weights at the start: hidden units bend at different places, outputs are near 0, so f is near the identity."""


class FlowTrace(NamedTuple):
    """What the layers did on the way to the base."""

    states: Tensor  # (L + 1, P, D) from the data to the base
    log_dets: Tensor  # (L, P)


def log_density(log_p_z: Tensor, log_dets: Tensor) -> Tensor:
    """log p(x) = log p_z(f(x)) + Σ_l log |det ∂f_l/∂x|.  (P,), (L, P) → (P,)"""
    return log_p_z + log_dets.sum(0)


def negative_log_likelihood(log_p: Tensor) -> Tensor:
    """ℒ = −(1/P) Σ_x log p(x), in nats per point.  (P,) → ()"""
    return -log_p.mean()


def integral(log_p: Tensor, area: float) -> Tensor:
    """∫ p(x) dx ≈ Σ_cells p(cell) · area, for the densities at the middles of cells that cover the plane."""
    return log_p.exp().sum() * area


def excess(log_p: Tensor, log_truth: Tensor) -> Tensor:
    """KL(q ‖ p) ≈ mean of log q(x) − log p(x) over points x drawn from the truth q, in nats per point."""
    return (log_truth - log_p).mean()


class Flow(nn.Module):
    """Layers and the base that they lead to."""

    def __init__(self, layers: Sequence[AffineCoupling], base: Mixture) -> None:
        super().__init__()
        self.layers, self.base = nn.ModuleList(layers), base

    def forward(self, x: Tensor) -> tuple[Tensor, FlowTrace]:
        """log p (P,) of data x (P, D)."""
        states, log_dets = [x], []
        for layer in self.layers:
            z, trace = layer(states[-1])
            states.append(z)
            log_dets.append(trace.log_det)
        each = torch.stack(log_dets)  # (L, P)
        return log_density(mixture_log_density(self.base, states[-1]), each), FlowTrace(torch.stack(states), each)

    def generate(self, z: Tensor) -> Tensor:
        """From points of the base to data, layer by layer backwards.  (P, D) → (L + 1, P, D)"""
        states = [z]
        for layer in reversed(self.layers):
            assert isinstance(layer, AffineCoupling)
            states.append(layer.inverse(states[-1]))
        return torch.stack(states)  # (L + 1, P, D)


def drawn_flow(passes_first: Sequence[bool], H: int, base: Mixture, seed: int, c: float = 2.0) -> Flow:
    """A flow of the plane, one layer per entry of ``passes_first``, before training."""
    draws = generator(seed)
    with unfilled():
        flow = Flow([AffineCoupling(2, H, passes_first=first, c=c) for first in passes_first], base)
    flow.to_empty(device="cpu")
    for name, weight in flow.named_parameters():
        size = SPREAD if ".hidden." in name else SMALL
        weight.data = (
            torch.zeros(weight.shape)
            if name.endswith("out.bias")
            else (size * torch.randn(weight.shape, generator=draws))
        )
    return flow
