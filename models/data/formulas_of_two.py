"""Formulas of two numbers between −1 and 1, some of them built of functions of one number and sums.

Symbols
    x  inputs (..., 2)     s  the inner sum (...)     t  values (...)
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Curve = Callable[[Tensor], Tensor]


class Parts(NamedTuple):
    """The functions of one number that a formula is built of: outer(first(x) + second(y)), and their names."""

    first: Curve
    second: Curve
    outer: Curve
    names: tuple[str, str, str]


PARTS = {
    "exp(sin πx + y²)": Parts(lambda x: torch.sin(math.pi * x), torch.square, torch.exp, ("sin πx", "y²", "exp")),
    "log(1.3 + cos 3x + |y|³)": Parts(
        lambda x: torch.cos(3 * x), lambda y: y.abs() ** 3, lambda s: torch.log(1.3 + s), ("cos 3x", "|y|³", "log")
    ),
}

WAVES = ((0.4, 0.0), (1.2, 1.0), (2.2, 2.0), (2.9, 0.5))
"""Direction and phase of each wave, in radians."""

FREQUENCY = 4.0


def inner_sum(x: Tensor, parts: Parts) -> Tensor:
    """s = first(x₁) + second(x₂).  (..., 2) → (...)"""
    return parts.first(x[..., 0]) + parts.second(x[..., 1])


def waves(x: Tensor) -> Tensor:
    """Σ sin(4 (x₁ cos a + x₂ sin a) + p) over four directions a.  (..., 2) → (...)"""
    along = [x[..., 0] * math.cos(a) + x[..., 1] * math.sin(a) for a, _ in WAVES]
    return torch.stack([torch.sin(FREQUENCY * one + p) for one, (_, p) in zip(along, WAVES)]).sum(0)


def product(x: Tensor) -> Tensor:
    """x₁ x₂"""
    return x[..., 0] * x[..., 1]


def product_of_two_sums(x: Tensor) -> Tensor:
    """x₁ x₂ = (x₁ + x₂)²/4 − (x₁ − x₂)²/4: two inner sums, two outer functions."""
    return (x[..., 0] + x[..., 1]) ** 2 / 4 - (x[..., 0] - x[..., 1]) ** 2 / 4


HUMPS = ((0.5, 0.4, 1.0), (-0.4, 0.5, -1.0), (-0.1, -0.5, 1.0), (0.6, -0.55, -0.8))
"""Centre and height of each."""


def humps(x: Tensor) -> Tensor:
    """Four round humps and hollows at places that no formula relates.  (..., 2) → (...)"""
    each = [h * torch.exp(-12 * ((x[..., 0] - a) ** 2 + (x[..., 1] - b) ** 2)) for a, b, h in HUMPS]
    return torch.stack(each).sum(0)


FORMULAS: dict[str, Curve] = {
    **{name: lambda x, parts=parts: parts.outer(inner_sum(x, parts)) for name, parts in PARTS.items()},
    "waves in four directions": waves,
    "x · y": product,
    "four humps": humps,
}
