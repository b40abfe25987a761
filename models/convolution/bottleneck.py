"""The bottleneck block: reduce the channels, convolve the few, expand again.

Paper: He et al. 2015, "Deep Residual Learning for Image Recognition", section 4.1 and figure 5.

Symbols
    x  what a block reads (B, C, n, n)      C  its channels      W  channels inside, C/4 in the paper
    P, Q  projections (C, C) on what it reads and on what it adds, the identity in the paper
    σ  singular values      p  their shares      M  rows: one for each image and position      n  side of a feature map
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from models.convolution.residual_network import residual_sum

NARROW = 4
"""How many times fewer channels a block has inside."""


def basic_weights(C: int) -> int:
    """2 · 9 C²: two 3×3 convolutions of C channels."""
    return 2 * 9 * C**2


def bottleneck_weights(C: int, narrow: int = NARROW) -> int:
    """2 C W + 9 W², W = C / narrow: two 1×1 convolutions and a 3×3 between them.  Figure 5, right."""
    W = C // narrow
    return 2 * C * W + 9 * W**2


def effective_rank(rows: Tensor) -> Tensor:
    """exp(−Σ p ln p), p_k = σ_k / Σ σ.  Roy & Vetterli 2007: (M, C) → a number from 1 to C; 0 for zeros."""
    sigma = torch.linalg.eigvalsh(rows.double().T @ rows.double()).clamp(min=0).sqrt()  # (C,)
    p = sigma / sigma.sum()  # (C,)
    return torch.special.entr(p).sum().exp().nan_to_num(0.0)


def channel_rows(f: Tensor) -> Tensor:
    """Feature maps as one vector of channels for each image and position: (B, C, n, n) → (M, C)."""
    return f.permute(0, 2, 3, 1).flatten(0, 2)


def channel_projection(rows: Tensor, kept: int) -> Tensor:
    """Q = A Aᵀ, A the first ``kept`` orthonormal columns made of a random matrix (C, C): (C, C)."""
    A = torch.linalg.qr(rows).Q[:, :kept]  # (C, W)
    return A @ A.T


class BottleneckBlock(nn.Module):
    """1×1 to W channels, 3×3, 1×1 back to C, and the skip connection.

    ``reads`` and ``adds`` are the projections P and Q (C, C), which may be set.
    """

    def __init__(self, channels: int, narrow: int = NARROW) -> None:
        super().__init__()
        width = channels // narrow
        self.reduce = nn.Conv2d(channels, width, 1, bias=False)
        self.middle = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.last = nn.Conv2d(width, channels, 1, bias=False)
        self.reads = self.adds = torch.eye(channels, device="cpu")

    def residual(self, x: Tensor) -> Tensor:
        """F(x) = Q W₃ σ(W₂ σ(W₁ P x)): (B, C, n, n) → (B, C, n, n)."""
        read = torch.einsum("dc,bchw->bdhw", self.reads.to(x.device), x)  # (B, C, n, n)
        narrow = relu(self.middle(relu(self.reduce(read))))  # (B, W, n, n)
        return torch.einsum("dc,bchw->bdhw", self.adds.to(x.device), self.last(narrow))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        f = self.residual(x)  # (B, C, n, n)
        return residual_sum(x, f), f
