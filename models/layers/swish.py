"""Swish with a β that is learned: how sharply the function bends is one more weight.

Paper: Ramachandran, Zoph, Le 2017, "Searching for Activation Functions", section 4 (“β is either a constant or a
trainable parameter”).

Symbols
    R  networks side by side      z  pre-activations (R, B, F)      β  one per network (R, 1, 1)
"""

import torch
from torch import Tensor, nn

from models.layers.activations import silu


class Swish(nn.Module):
    """z σ(βz), with the same β in all layers of a network."""

    def __init__(self, beta: float = 1.0, networks: int = 1) -> None:
        super().__init__()
        self.beta = nn.Parameter(torch.full((networks, 1, 1), beta))

    def forward(self, z: Tensor) -> Tensor:
        return silu(z, self.beta)
