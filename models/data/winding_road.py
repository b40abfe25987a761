"""A car on a winding road: the road's curvature, how the car moves, what it sees ahead, and a controller that is exact.

Works: Lechner et al. 2020, "Neural circuit policies enabling auditable autonomy" (the task: keep the lane);
Paden et al. 2016, "A survey of motion planning and control techniques for self-driving urban vehicles", section V.
The car is a point that steers by its curvature; its place is told relative to the middle of the road.

Symbols
    s  metres along the road      κ  curvature of the road (1 / m)      e  metres left of its middle
    ψ  angle to the road (rad)    u  curvature that is steered (1 / m)  d  metres of one step
    B  cars                       N  places ahead that are seen
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

AHEAD = (0.0, 4.0, 8.0, 12.0, 16.0, 20.0)
"""Metres ahead of the car at which it sees how far the road's middle is to its left."""

STEP = 1.0
WAVES = 3
SHARPEST = 0.06
"""1 / m: a bend of 17 m radius."""


class Road(NamedTuple):
    """κ(s) = Σ a sin(2π s / λ + φ)"""

    amplitude: Tensor  # (B, W)
    wavelength: Tensor  # (B, W) metres
    phase: Tensor  # (B, W)


class Car(NamedTuple):
    """Where cars are, relative to the road."""

    s: Tensor  # (B,)
    e: Tensor  # (B,)
    angle: Tensor  # (B,)


def roads(B: int, draws: torch.Generator) -> Road:
    """Roads of three sine waves, whose sharpest bends are about ``SHARPEST``."""
    share = torch.rand(B, WAVES, generator=draws) + 0.2  # (B, W)
    amplitude = SHARPEST * share / share.sum(-1, keepdim=True)  # (B, W)
    wavelength = 40 + 80 * torch.rand(B, WAVES, generator=draws)  # (B, W)
    return Road(amplitude, wavelength, 2 * math.pi * torch.rand(B, WAVES, generator=draws))


def curvature(road: Road, s: Tensor) -> Tensor:
    """κ(s).  (B,) → (B,)"""
    return (road.amplitude * torch.sin(2 * math.pi * s[:, None] / road.wavelength + road.phase)).sum(-1)


def moved(car: Car, road: Road, u: Tensor, d: float = STEP) -> Car:
    """s′ = s + d, e′ = e + d sin ψ, ψ′ = ψ + d (u − κ(s))"""
    return Car(car.s + d, car.e + d * car.angle.sin(), car.angle + d * (u - curvature(road, car.s)))


def seen(car: Car, road: Road) -> Tensor:
    """How far the road's middle lies to the left of the car's straight line, at each distance, in metres.  → (B, N)

    To second order: −e − ψ a + κ a² / 2 with the mean curvature over the a metres ahead.
    """
    views = []
    for a in AHEAD:
        mean = sum(curvature(road, car.s + part * a) for part in (0.0, 0.5, 1.0)) / 3  # (B,)
        views.append(-car.e - car.angle * a + mean * a**2 / 2)
    return torch.stack(views, -1)


def exact_steering(car: Car, road: Road) -> Tensor:
    """u = κ(s) − k_e e − k_ψ ψ, at most 0.15: follows the bend, and brings offset and angle back to 0.  → (B,)"""
    return (curvature(road, car.s) - GAINS[0] * car.e - GAINS[1] * car.angle).clamp(-TIGHTEST, TIGHTEST)


GAINS, TIGHTEST = (0.02, 0.25), 0.15
