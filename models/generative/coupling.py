"""The affine coupling layer: one half of the numbers shifts and scales the other half, and passes unchanged.

Works: Dinh, Sohl-Dickstein & Bengio 2017, "Density estimation using Real NVP", section 3 (coupling layers, their
determinant and inverse); Dinh, Krueger & Bengio 2015, "NICE" (couplings that only shift).

Symbols
    x  input (P, D)              y  output (P, D)              a  the half that passes (P, A)
    b  the half that changes (P, B)                            s, t  log-scale and shift of each number in b (P, B)
    c  bound of the log-scale    H  hidden units               P  points          D = A + B  dimensions
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.seeding import generator, unfilled


class CouplingTrace(NamedTuple):
    """What a layer did."""

    s: Tensor  # (P, B)
    t: Tensor  # (P, B)
    log_det: Tensor  # (P,)


def bounded(raw: Tensor, c: float) -> Tensor:
    """s = c tanh(raw / c): between −c and c"""
    return c * torch.tanh(raw / c)


def couple(b: Tensor, s: Tensor, t: Tensor) -> Tensor:
    """y_b = b ⊙ exp(s(a)) + t(a)"""
    return b * torch.exp(s) + t


def uncouple(y_b: Tensor, s: Tensor, t: Tensor) -> Tensor:
    """b = (y_b − t(a)) ⊙ exp(−s(a))"""
    return (y_b - t) * torch.exp(-s)


def log_det(s: Tensor) -> Tensor:
    """log |det ∂y/∂x| = Σ_j s_j(a): the Jacobian is triangular.  (P, B) → (P,)"""
    return s.sum(-1)


class AffineCoupling(nn.Module):
    """``passes_first``: the first half of the numbers passes and the second one changes, or the other way round."""

    def __init__(self, D: int, H: int, *, passes_first: bool = True, c: float = 2.0) -> None:
        super().__init__()
        self.sizes, self.passes_first, self.c = (D // 2, D - D // 2), passes_first, c
        A, B = self.sizes if passes_first else self.sizes[::-1]
        self.hidden, self.out = nn.Linear(A, H), nn.Linear(H, 2 * B)

    def halves(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """a and b."""
        first, second = x.split(self.sizes, -1)
        return (first, second) if self.passes_first else (second, first)

    def joined(self, a: Tensor, b: Tensor) -> Tensor:
        """The halves back in their places."""
        return torch.cat([a, b] if self.passes_first else [b, a], -1)

    def scale_and_shift(self, a: Tensor) -> tuple[Tensor, Tensor]:
        """s (P, B) and t (P, B)."""
        raw, t = self.out(torch.tanh(self.hidden(a))).chunk(2, -1)  # (P, B)
        return bounded(raw, self.c), t

    def forward(self, x: Tensor) -> tuple[Tensor, CouplingTrace]:
        a, b = self.halves(x)
        s, t = self.scale_and_shift(a)  # (P, B)
        y = self.joined(a, couple(b, s, t))  # (P, D)
        return y, CouplingTrace(s, t, log_det(s))

    def inverse(self, y: Tensor) -> Tensor:
        """The input that ``forward`` takes to ``y``; the network itself is never inverted.  → (P, D)"""
        a, y_b = self.halves(y)
        return self.joined(a, uncouple(y_b, *self.scale_and_shift(a)))


class CouplingThatReadsAll(AffineCoupling):
    """A mistake: s and t also read the half that they change. The Jacobian is full, no formula inverts the layer."""

    def __init__(self, D: int, H: int, *, passes_first: bool = True, c: float = 2.0) -> None:
        super().__init__(D, H, passes_first=passes_first, c=c)
        self.hidden = nn.Linear(D, H)

    def forward(self, x: Tensor) -> tuple[Tensor, CouplingTrace]:
        a, b = self.halves(x)
        s, t = self.scale_and_shift(x)  # (P, B)
        return self.joined(a, couple(b, s, t)), CouplingTrace(s, t, log_det(s))

    def inverse(self, y: Tensor) -> Tensor:
        """What the formula of a coupling gives, with s and t of the output instead of the input.  → (P, D)"""
        a, y_b = self.halves(y)
        return self.joined(a, uncouple(y_b, *self.scale_and_shift(y)))


def drawn_coupling(
    layer: type[AffineCoupling], D: int, H: int, seed: int, *, c: float = 2.0, gain: float = 1.0
) -> AffineCoupling:
    """A layer with random weights; ``gain`` is about the standard deviation of t, and of s before its bound."""
    draws = generator(seed)
    with unfilled():
        coupling = layer(D, H, c=c)
    coupling.to_empty(device="cpu")
    for name, weight in coupling.named_parameters():
        wide = weight.shape[-1] if weight.ndim > 1 else 1
        size = gain if name == "out.weight" else 1.0
        weight.data = size * wide**-0.5 * torch.randn(weight.shape, generator=draws)
    return coupling


@torch.no_grad()
def round_trip(layers: Sequence[AffineCoupling], x: Tensor) -> Tensor:
    """‖f⁻¹(f(x)) − x‖ for layers in a row, the numbers reversed after each so that the halves alternate.  → (P,)"""
    y = x
    for layer in layers:
        y = layer(y)[0].flip(-1)  # (P, D)
    for layer in reversed(layers):
        y = layer.inverse(y.flip(-1))  # (P, D)
    return (y - x).norm(dim=-1)


def operations_of_determinant(D: int) -> tuple[int, int]:
    """Additions for Σ_j s_j, and multiplications and divisions of a determinant by elimination: (D³ + 2D − 3) / 3."""
    return D - D // 2 - 1, (D**3 + 2 * D - 3) // 3
