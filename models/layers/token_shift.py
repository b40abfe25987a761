"""Token shift: every token takes over a part of the one before it, channel by channel.

Paper: Peng et al. 2023, "RWKV: Reinventing RNNs for the Transformer Era", section 3.1.1. A causal convolution of width
two, where the short ones of H3 and Mamba have four: with it a key and the value after it meet in one place.

Symbols
    x  tokens (B, T, D)      μ  share of the token itself (D,)
"""

import torch
from torch import Tensor, nn


class TokenShift(nn.Module):
    """μ ⊙ xₜ + (1 − μ) ⊙ xₜ₋₁; before the first token stand zeros. After building, call ``start``."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.share = nn.Parameter(torch.empty(width))

    @torch.no_grad()
    def start(self) -> None:
        """First shares: from channels that take only the token before to channels that take only the token itself."""
        self.share.copy_(torch.linspace(0, 1, len(self.share)))

    def forward(self, x: Tensor) -> Tensor:
        before = nn.functional.pad(x, (0, 0, 1, -1))  # (B, T, D)
        return self.share * x + (1 - self.share) * before
