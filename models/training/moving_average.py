"""An exponential moving average of weights, which samples better than the last weights do.

Paper: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", appendix B (decay 0.9999).
"""

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

M = TypeVar("M", bound=nn.Module)


class MovingAverage(Generic[M]):
    """w̄ ← d w̄ + (1 − d) w after every step; young averages forget faster, so that the start does not linger."""

    def __init__(self, model: M, decay: float) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self._weights = list(model.parameters())
        self._decay = decay

    @torch.no_grad()
    def update(self, step: int) -> None:
        decay = min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(self.model.parameters()), [weight.detach() for weight in self._weights], 1 - decay)
