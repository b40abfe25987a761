"""Residual networks, and plain ones of the same layers: what a skip connection changes.

Paper: He et al. 2015, "Deep Residual Learning for Image Recognition", sections 3.1 to 3.3. Theirs normalise every
convolution; here nothing is normalised, so that the skip connection alone is compared.

Symbols
    x  what a block reads (B, C, n, n)          y  what it gives
    F  the residual function, two convolutions  f  its value
    B  images     C  channels     N, n  side of an image and of a feature map     Y  classes
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

Shortcut = Callable[[Tensor], Tensor]
"""What the skip connection carries of a block's input (B, C, n, n)."""


class ResidualNetworkTrace(NamedTuple):
    """Every block: what went in and came out, and the value of its residual function."""

    states: tuple[Tensor, ...]  # (B, C, n, n) each, one more than blocks
    branches: tuple[Tensor, ...]  # (B, C, n, n) each


def identity(x: Tensor) -> Tensor:
    """x ↦ x: the shortcut of equation 1."""
    return x


def residual_sum(x: Tensor, f: Tensor, shortcut: Shortcut = identity) -> Tensor:
    """y = σ(F(x) + x), σ = ReLU.  Equation 1 and the text below it.

    With another shortcut s: y = σ(F(x) + s(x)), equation 2.
    """
    return relu(f + shortcut(x))


class BasicBlock(nn.Module):
    """Two convolutions around a ReLU, and the skip connection.  Figure 2."""

    def __init__(self, channels: int, shortcut: Shortcut = identity) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.last = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.shortcut = shortcut

    def residual(self, x: Tensor) -> Tensor:
        """F = W₂ σ(W₁ x).  Section 3.2: (B, C, n, n) → (B, C, n, n)."""
        return self.last(relu(self.first(x)))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        f = self.residual(x)  # (B, C, n, n)
        return residual_sum(x, f, self.shortcut), f


class PlainBlock(BasicBlock):
    """The same two convolutions without the skip connection."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        f = self.residual(x)  # (B, C, n, n)
        return relu(f), f


class ResidualNetwork(nn.Module):
    """One convolution that halves the side, blocks, and a layer that decides."""

    def __init__(self, blocks: Sequence[nn.Module], channels: int = 8, side: int = 8, classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, channels, 3, stride=2, padding=1, bias=False)
        self.blocks = nn.ModuleList(blocks)
        self.to_logits = nn.Linear(channels * ((side + 1) // 2) ** 2, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, ResidualNetworkTrace]:
        """x (B, 1, N, N) → logits (B, Y)."""
        h = relu(self.stem(x))  # (B, C, n, n)
        states, branches = [h], []
        for block in self.blocks:
            h, f = block(h)
            states.append(h)
            branches.append(f)
        logits = self.to_logits(h.flatten(1))  # (B, Y)
        return logits, ResidualNetworkTrace(tuple(states), tuple(branches))


@torch.no_grad()
def scale_branches(blocks: Sequence[nn.Module]) -> None:
    """W ← W / √(blocks) for the last convolution of every block, in place.

    Without it the sum of the branches grows with depth, as nothing is normalised: Zhang et al. 2019, "Fixup
    Initialization", section 2.
    """
    for block in blocks:
        block.last.weight /= len(blocks) ** 0.5
