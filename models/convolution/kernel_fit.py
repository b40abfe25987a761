"""One kernel learned from images and their filtered versions, by gradient descent.

Paper: LeCun et al. 1989, "Backpropagation Applied to Handwritten Zip Code Recognition": a kernel need not be designed.

Symbols
    x  images (B, 1, N, N)     t  targets (B, 1, H, H)     w  the learned kernel (1, 1, 3, 3)
"""

import torch
from torch import Tensor

from models.convolution.convolution import conv2d
from models.seeding import normal

KERNELS = {
    "vertical edges": [[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]],
    "horizontal edges": [[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]],
    "diagonal edges": [[2.0, 1.0, 0.0], [1.0, 0.0, -1.0], [0.0, -1.0, -2.0]],
    "blur": [[0.0625, 0.125, 0.0625], [0.125, 0.25, 0.125], [0.0625, 0.125, 0.0625]],
}
"""Filters of image processing; the first two are Sobel's."""


def kernel(name: str) -> Tensor:
    """(1, 1, 3, 3)"""
    return torch.tensor(KERNELS[name])[None, None]


def mean_squared_error(y: Tensor, t: Tensor) -> Tensor:
    """Mean of (y − t)² over all pixels."""
    return (y - t).square().mean()


class KernelFit:
    """Adam on the nine numbers of w; every step sees all images."""

    def __init__(self, x: Tensor, t: Tensor, seed: int, steps: int = 300, learning_rate: float = 0.1) -> None:
        self.x, self.t = x, t
        self.w = (0.3 * normal(1, 1, 3, 3, seed=seed)).to(x.device).requires_grad_()
        self.optimizer = torch.optim.Adam([self.w], learning_rate)
        self.decay = torch.optim.lr_scheduler.LinearLR(self.optimizer, 1.0, 0.02, steps)

    def step(self) -> None:
        self.optimizer.zero_grad()
        mean_squared_error(conv2d(self.x, self.w), self.t).backward()
        self.optimizer.step()
        self.decay.step()

    @torch.no_grad()
    def evaluate(self) -> Tensor:
        """The kernel now, (1, 1, 3, 3)."""
        return self.w.detach().clone()
