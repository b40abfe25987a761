"""Two classes of points in the plane that no straight line separates: circles, moons, a spiral.

Symbols
    P  points
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class LabelledPoints(NamedTuple):
    """Points and the class of each, half of either."""

    points: Tensor  # (P, 2)
    labels: Tensor  # (P,) 0 or 1


def circles(t: Tensor, labels: Tensor) -> Tensor:
    """A disc and a ring around it.  (P,) from 0 to 1 → (P, 2)"""
    angle = 2 * math.pi * t  # (P,)
    radius = torch.where(labels == 0, 0.7, 1.8)  # (P,)
    return radius[:, None] * torch.stack([angle.cos(), angle.sin()], -1)


def moons(t: Tensor, labels: Tensor) -> Tensor:
    """Two half circles that reach into each other.  (P,) from 0 to 1 → (P, 2)"""
    angle = math.pi * t  # (P,)
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], -1)  # (P, 2)
    return 1.4 * torch.where(labels[:, None] == 0, upper, -upper)


def spiral(t: Tensor, labels: Tensor) -> Tensor:
    """Two arms that wind 1¾ times around the middle, half a turn apart.  (P,) from 0 to 1 → (P, 2)"""
    angle = TURNS * 2 * math.pi * t + math.pi * labels  # (P,)
    return (0.2 + 1.9 * t)[:, None] * torch.stack([angle.cos(), angle.sin()], -1)


TURNS = 1.75

SHAPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"circles": circles, "moons": moons, "spiral": spiral}


def plane_classes(shape: str, P: int, noise: float, generator: torch.Generator) -> LabelledPoints:
    """``P`` points along the curves of ``shape``, moved by Gaussian noise with standard deviation ``noise``."""
    labels = torch.arange(P) % 2  # (P,)
    places = torch.rand(P, generator=generator)  # (P,)
    along = places.sqrt() if shape == "spiral" else places  # (P,)
    return LabelledPoints(SHAPES[shape](along, labels) + noise * torch.randn(P, 2, generator=generator), labels)
