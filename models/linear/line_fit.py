"""A line through points in the plane, by the squares of what it misses.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", section 5.1.4 (linear regression, mean squared error).

Symbols
    x, y  points (..., N)        ŷ  what the line says at x (..., N)        e  error ŷ − y
    a, b  slope and intercept (...)                                          η  learning rate
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Line(NamedTuple):
    slope: Tensor  # (...)
    intercept: Tensor  # (...)


def predicted(line: Line, x: Tensor) -> Tensor:
    """ŷ = a x + b.  (..., N)"""
    return line.slope[..., None] * x + line.intercept[..., None]


def mean_squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    """L = (1/N) Σₙ (ŷₙ − yₙ)² over points of one shape (..., N) → (...); other shapes are refused.

    Raises:
        ValueError: torch would quietly compare all pairs of a column (N, 1) and a row (N,).
    """
    if prediction.shape != target.shape:
        raise ValueError(f"takes equal shapes, got {tuple(prediction.shape)} and {tuple(target.shape)}")
    return (prediction - target).square().mean(dim=-1)


def mean_absolute_error(prediction: Tensor, target: Tensor) -> Tensor:
    """(1/N) Σₙ |ŷₙ − yₙ|.  (..., N) → (...)"""
    return (prediction - target).abs().mean(dim=-1)


def gradient(line: Line, x: Tensor, y: Tensor) -> Line:
    """∂L/∂a = (2/N) Σ (ŷ − y) x and ∂L/∂b = (2/N) Σ (ŷ − y): each point pulls by its error.  (...)"""
    error = predicted(line, x) - y  # (..., N)
    return Line(2 * (error * x).mean(dim=-1), 2 * error.mean(dim=-1))


def least_squares(x: Tensor, y: Tensor) -> Line:
    """a = Σ (x − x̄)(y − ȳ) / Σ (x − x̄)², b = ȳ − a x̄: where the gradient is zero.  (...)"""
    dx, dy = x - x.mean(dim=-1, keepdim=True), y - y.mean(dim=-1, keepdim=True)  # (..., N)
    slope = (dx * dy).sum(dim=-1) / dx.square().sum(dim=-1)  # (...)
    return Line(slope, y.mean(dim=-1) - slope * x.mean(dim=-1))


def least_absolute(x: Tensor, y: Tensor) -> Line:
    """The line of the smallest mean absolute error, exact: one of the best runs through two points.  (N,) → ()"""
    first, second = torch.combinations(torch.arange(len(x))).T
    slope = (y[second] - y[first]) / (x[second] - x[first])  # (pairs,)
    lines = Line(slope, y[first] - slope * x[first])
    best = mean_absolute_error(predicted(lines, x), y.expand(len(slope), -1)).nan_to_num(torch.inf).argmin()
    return Line(lines.slope[best], lines.intercept[best])
