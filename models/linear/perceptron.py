"""The perceptron: a line that is moved only where it errs.

Papers: Rosenblatt 1958, "The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain";
Novikoff 1962, "On Convergence Proofs on Perceptrons" (the bound);
Freund & Schapire 1999, "Large Margin Classification Using the Perceptron Algorithm" (lines that vote, averages).

Symbols
    x  points (S, N, D), the last coordinate 1        w  weights (S, D), the last one the bias
    y  labels (S, N), −1 or +1                         η  learning rate
    S  sets side by side    N  points    D  coordinates with that 1    P  passes    T  points visited, at most P·N
    R  length of the longest point (S,)                γ  margin: largest min y (u · x) of all u of length 1 (S,)
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

Update = Callable[[Tensor, Tensor, Tensor, float], Tensor]
"""(w (S, D), x (S, D), y (S,), η) → the weights after one point (S, D)."""


def augmented(x: Tensor) -> Tensor:
    """(x, 1): with a constant input the bias is one more weight.  (..., D − 1) → (..., D)"""
    return torch.cat([x, torch.ones_like(x[..., :1])], dim=-1)


def score(w: Tensor, x: Tensor) -> Tensor:
    """w · x: positive on one side of the line, negative on the other.  (..., D), (..., D) → (...)"""
    return (w * x).sum(dim=-1)


def updated(w: Tensor, x: Tensor, y: Tensor, rate: float) -> Tensor:
    """w + η y x where y (w · x) ≤ 0, else w: only a mistake changes anything.  (S, D)"""
    mistaken = y * score(w, x) <= 0  # (S,)
    return w + rate * (mistaken * y)[:, None] * x


def error_updated(w: Tensor, x: Tensor, y: Tensor, rate: float) -> Tensor:
    """w + η (y − ŷ) x with y and the answer ŷ = [w · x > 0] both 0 or 1: the same step, written for these labels.

    Of a score of exactly 0, a mistake for both labels, ½ is said.  (S, D)
    """
    said = torch.heaviside(score(w, x), w.new_tensor(0.5))  # (S,)
    return w + rate * (y - said)[:, None] * x


class Learning(NamedTuple):
    """What the rule did, point by point."""

    weights: Tensor  # (S, T, D) after every point
    changed: Tensor  # (S, T) whether that point changed them
    points: int  # N, the length of a pass

    @property
    def last(self) -> Tensor:
        """(S, D)"""
        return self.weights[:, -1]

    @property
    def mistakes(self) -> Tensor:
        """In each pass, (S, P)."""
        return self.changed.unflatten(1, (-1, self.points)).sum(dim=-1)


def learn(
    x: Tensor, y: Tensor, passes: int, rate: float = 1.0, start: Tensor | None = None, update: Update = updated
) -> Learning:
    """Point after point, pass after pass, until no set of the S errs any more or the ``passes`` are over."""
    S, N, D = x.shape
    w = x.new_zeros(S, D) if start is None else start  # (S, D)
    weights, changed = [], []
    for _ in range(passes):
        for n in range(N):
            before, w = w, update(w, x[:, n], y[:, n], rate)
            weights.append(w)
            changed.append((w != before).any(dim=-1))
        if not torch.stack(changed[-N:]).any():
            break
    return Learning(torch.stack(weights, dim=1), torch.stack(changed, dim=1), N)


def averaged(weights: Tensor) -> Tensor:
    """(1/T) Σₜ wₜ: a line counts for as long as it made no mistake.  (S, T, D) → (S, D)"""
    return weights.mean(dim=1)


def mean_accuracy(w: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The share of points on the right side, y (w · x) > 0, over all sets.  (F, S, D), (S, N, D), (S, N) → (F,)"""
    return (y * score(w[:, :, None], x) > 0).double().mean(dim=(-2, -1))


def mistake_bound(radius: Tensor, margin: Tensor) -> Tensor:
    """(R / γ)²: the most mistakes that the rule can make, started at zero, however many points there are."""
    return (radius / margin).square()


class PerceptronTrace(NamedTuple):
    scores: Tensor  # (..., N)


class Perceptron(nn.Module):
    """One neuron with a step: +1 on one side of a line, −1 on the other."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs + 1))

    def forward(self, x: Tensor) -> tuple[Tensor, PerceptronTrace]:
        """Points (..., N, D − 1) → labels −1, 0 or +1 (..., N); 0 on the line itself."""
        scores = score(self.weight, augmented(x))  # (..., N)
        return scores.sign(), PerceptronTrace(scores)
