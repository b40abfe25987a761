"""Learned absolute positions: one vector per position, trained like a word embedding.

Paper: Gehring et al. 2017, "Convolutional Sequence to Sequence Learning", section 3.1;
in a decoder: Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", section 3.1.

Symbols
    P  table (context, D)     D  width     context  the number of positions that have a vector
"""

import torch
from torch import Tensor, nn

from models.position.scheme import PositionScheme


class LearnedPosition(PositionScheme):
    """x_t + P_t. A position past the table has no vector of its own and takes the last one."""

    def __init__(self, context: int, width: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(context, width))

    def embed(self, x: Tensor, positions: Tensor) -> Tensor:
        last = len(self.table) - 1
        return x + self.table[positions.clamp(max=last)]
