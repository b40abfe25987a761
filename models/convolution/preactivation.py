"""A residual network whose nonlinearity stands on the branch, so that nothing stands on the skip path.

Paper: He et al. 2016, "Identity Mappings in Deep Residual Networks", sections 2 and 3. Theirs normalise before each
ReLU; here nothing is normalised.

Symbols
    x_l  what block l reads (B, C, n, n)     x_L  what comes out of the last
    f    value of the residual function F    λ, β  factors on the skip and on the branch, 1 in the paper's proposal
    B  images     C  channels     N, n  side of an image and of a feature map     Y  classes
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from models.convolution.residual_network import BasicBlock, ResidualNetworkTrace


def scaled_sum(x: Tensor, f: Tensor, skip: float = 1.0, branch: float = 1.0) -> Tensor:
    """x_{l+1} = λ x_l + β F(x_l).  Equation 6, where β = 1; with λ = 1 it is equation 3."""
    return skip * x + branch * f


def unrolled_sum(x: Tensor, branches: Sequence[Tensor]) -> Tensor:
    """x_L = x_l + Σ_{i=l}^{L−1} F(x_i).  Equation 4: (B, C, n, n) and a list of such → (B, C, n, n)."""
    return x + torch.stack(tuple(branches)).sum(dim=0)


class PreactivationBlock(BasicBlock):
    """ReLU, convolution, ReLU, convolution, added to the untouched input.  Figure 1 (b) without normalisation."""

    def __init__(self, channels: int, skip: float = 1.0, branch: float = 1.0) -> None:
        super().__init__(channels)
        self.skip_scale, self.branch_scale = skip, branch

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        f = self.residual(relu(x))  # (B, C, n, n)
        return scaled_sum(x, f, self.skip_scale, self.branch_scale), self.branch_scale * f


class PostactivationBlock(PreactivationBlock):
    """ReLU after the addition, on the path of the skip.  Figure 1 (a)."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        f = self.residual(x)  # (B, C, n, n)
        return relu(scaled_sum(x, f, self.skip_scale, self.branch_scale)), self.branch_scale * f


class InPlaceBlock(PreactivationBlock):
    """A known mistake: the first ReLU overwrites the input, so the skip carries σ(x) instead of x."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return super().forward(relu(x))


class PreactivationNetwork(nn.Module):
    """A convolution that halves the side, blocks, one last ReLU, and a layer that decides."""

    def __init__(self, blocks: Sequence[nn.Module], channels: int = 8, side: int = 8, classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, channels, 3, stride=2, padding=1, bias=False)
        self.blocks = nn.ModuleList(blocks)
        self.to_logits = nn.Linear(channels * ((side + 1) // 2) ** 2, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, ResidualNetworkTrace]:
        """x (B, 1, N, N) → logits (B, Y)."""
        h = self.stem(x)  # (B, C, n, n)
        states, branches = [h], []
        for block in self.blocks:
            h, f = block(h)
            states.append(h)
            branches.append(f)
        logits = self.to_logits(relu(h).flatten(1))  # (B, Y)
        return logits, ResidualNetworkTrace(tuple(states), tuple(branches))
