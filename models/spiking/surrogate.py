"""Surrogate gradients: forward a step, backward a smooth bump in place of the step's derivative.

Papers: Zenke and Ganguli 2018, "SuperSpike" (the fast sigmoid); Neftci, Mostafa and Zenke 2019, "Surrogate Gradient
Learning in Spiking Neural Networks".

Symbols
    x = V − θ  distance to the threshold (...)      k  steepness      h  height at the threshold      ρ  bump
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Bump = Callable[[Tensor, float], Tensor]


def fast_sigmoid_bump(x: Tensor, k: float) -> Tensor:
    """ρ(x) = 1 / (1 + k |x|)²"""
    return 1 / (1 + k * x.abs()) ** 2


def arctan_bump(x: Tensor, k: float) -> Tensor:
    """ρ(x) = 1 / (1 + (π k x / 2)²)"""
    return 1 / (1 + (math.pi * k * x / 2) ** 2)


def triangle_bump(x: Tensor, k: float) -> Tensor:
    """ρ(x) = max(0, 1 − k |x|)"""
    return (1 - k * x.abs()).clamp_min(0)


def step_derivative(x: Tensor) -> Tensor:
    """Θ′(x) = 0 everywhere but at 0, where it does not exist: not a number."""
    return torch.where(x == 0, torch.nan, 0.0)


class SurrogateStep(torch.autograd.Function):
    """Forward Θ(x); backward the incoming gradient times h ρ(x)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, bump: Bump, k: float, h: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.bump, ctx.k, ctx.h = bump, k, h
        return (x >= 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        (x,) = ctx.saved_tensors
        return gradient * ctx.h * ctx.bump(x, ctx.k), None, None, None


@dataclass(frozen=True)
class SurrogateSpike:
    """A spike function with its bump: S = Θ(x) forward, h ρ(x) backward."""

    bump: Bump = fast_sigmoid_bump
    steepness: float = 10.0
    height: float = 1.0

    def __call__(self, x: Tensor) -> Tensor:
        return SurrogateStep.apply(x, self.bump, self.steepness, self.height)

    def derivative(self, x: Tensor) -> Tensor:
        """What stands in the place of the derivative: h ρ(x)."""
        return self.height * self.bump(x, self.steepness)
