"""A U-Net: down to few positions and many channels, up again, with a skip connection at every level.

Paper: Ronneberger et al. 2015, "U-Net: Convolutional Networks for Biomedical Image Segmentation", section 2 and
figure 1. Theirs pads nothing and crops each skip; here the convolutions are padded, so that no pixel is lost.

Symbols
    B  pictures      N  side of a picture      Y  classes of a pixel, or 1 where each gets a number
    C  channels of the first level, doubled at each next one; c and n, channels and side of a level
    d  what a level computed on the way down, its skip      u  the same level on the way up
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu


class UNetTrace(NamedTuple):
    """What each level of the U held; the levels from the top down."""

    skips: tuple[Tensor, ...]  # (B, c, n, n) each
    bottom: Tensor  # (B, c, n, n)
    rising: tuple[Tensor, ...]  # (B, c, n, n) each


def joined(u: Tensor, d: Tensor) -> Tensor:
    """[u; d]: the channels from below, enlarged, and those of the skip beside them.  Figure 1, “copy and crop”."""
    return torch.cat([u, d], dim=1)


def pixel_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """−mean over pixels of log p(label).  Section 3, equation 1, all pixels weighted alike.

    logits (B, Y, N, N), labels (B, N, N) → a number in nats.
    """
    log_p = logits.log_softmax(dim=1)  # (B, Y, N, N)
    return -log_p.gather(1, labels[:, None]).mean()


class TwoConvolutions(nn.Module):
    """ReLU(conv(ReLU(conv(x)))): what every level does."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        h = relu(self.first(x))  # (B, c, n, n)
        return relu(self.second(h))


class UNet(nn.Module):
    """The two arms of the U and the last layer, which gives each pixel its logits."""

    def __init__(self, channels: int = 6, levels: int = 4, classes: int = 3) -> None:
        super().__init__()
        widths = [channels * 2**level for level in range(levels)]
        self.down = nn.ModuleList(TwoConvolutions(a, b) for a, b in pairwise([1, *widths]))
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in pairwise(widths))
        self.up = nn.ModuleList(TwoConvolutions(2 * width, width) for width in widths[:-1])
        self.to_logits = nn.Conv2d(channels, classes, 1)

    def contract(self, x: Tensor) -> tuple[tuple[Tensor, ...], Tensor]:
        """The left arm: the skips from the top down, and the bottom."""
        h, skips = x, []
        for level, block in enumerate(self.down):
            h = block(h if level == 0 else max_pool2d(h, 2))  # (B, c, n, n)
            skips.append(h)
        *skips, bottom = skips
        return tuple(skips), bottom

    def expand(self, bottom: Tensor, skips: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The right arm: logits (B, Y, N, N), and what each level held, from the top down."""
        u, rising = bottom, []
        for enlarge, block, skip in list(zip(self.enlarge, self.up, skips, strict=True))[::-1]:
            u = block(joined(enlarge(u), skip))  # (B, c, n, n)
            rising.append(u)
        return self.to_logits(u), tuple(rising[::-1])

    def forward(self, x: Tensor) -> tuple[Tensor, UNetTrace]:
        """x (B, 1, N, N), N a multiple of 2^(levels − 1) → logits (B, Y, N, N)."""
        skips, bottom = self.contract(x)
        logits, rising = self.expand(bottom, skips)  # (B, Y, N, N)
        return logits, UNetTrace(skips, bottom, rising)
