"""Linear and affine maps, their fit by gradient descent, and what a stack of them comes to.

Book: Goodfellow, Bengio, Courville 2016, "Deep Learning", chapters 2 (linear maps), 5.1.4 (affine functions) and 6.

Symbols
    x  inputs, one per row (N, I)        W  weights (O, I)        L  layers
    y  outputs (N, O)                    b  biases (O,)           F  width between two layers
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.seeding import generator


def linear(x: Tensor, W: Tensor) -> Tensor:
    """y = W x for every row x."""
    return x @ W.T


def affine(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """y = W x + b for every row x."""
    return linear(x, W) + b


def descended(W: Tensor, x: Tensor, y: Tensor, rate: float) -> Tensor:
    """W − η ∇ (1/N) Σ ‖W x − y‖² = W − (2η/N) Σ (W x − y) xᵀ: one step of gradient descent on squares."""
    residual = linear(x, W) - y  # (N, O)
    return W - 2 * rate / len(x) * residual.T @ x


def collapsed(weights: Sequence[Tensor], biases: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """W₂ (W₁ x + b₁) + b₂ = (W₂ W₁) x + (W₂ b₁ + b₂), and so on: the one affine map that a stack of them is."""
    W, b = weights[0], biases[0]
    for W_next, b_next in zip(weights[1:], biases[1:], strict=True):
        W, b = W_next @ W, affine(b, W_next, b_next)
    return W, b


def with_one(x: Tensor) -> Tensor:
    """(x, 1): a bias is the weight of an input that is always 1."""
    return torch.cat([x, torch.ones_like(x[:, :1])], dim=1)


def with_length(x: Tensor) -> Tensor:
    """(x, ‖x‖): an input that grows with the point, in place of the 1."""
    return torch.cat([x, x.norm(dim=1, keepdim=True)], dim=1)


def unchanged(x: Tensor) -> Tensor:
    """Stands where an activation function could."""
    return x


class AffineStack(nn.Module):
    """L affine layers, with φ between them; without φ they are one. ``biased`` False leaves every b at 0 for good."""

    def __init__(
        self, widths: Sequence[int], *, biased: bool = True, phi: Callable[[Tensor], Tensor] = unchanged, seed: int = 0
    ) -> None:
        super().__init__()
        self.phi = phi
        draws = generator(seed)
        self.W, self.b = nn.ParameterList(), nn.ParameterList()
        for fan_in, fan_out in pairwise(widths):
            self.W.append(nn.Parameter(torch.randn(fan_out, fan_in, generator=draws) / fan_in**0.5))
            self.b.append(nn.Parameter(torch.zeros(fan_out), requires_grad=biased))

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Outputs (N, O), and what each layer but the last passes on: (N, F) each."""
        passed = []
        h = x
        for W, b in zip(self.W[:-1], self.b[:-1], strict=True):
            h = self.phi(affine(h, W, b))  # (N, F)
            passed.append(h)
        y = affine(h, self.W[-1], self.b[-1])  # (N, O)
        return y, passed
