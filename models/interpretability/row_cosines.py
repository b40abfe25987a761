"""How alike the input and the output row of a token are, in a model that keeps two tables.

Paper: Press & Wolf 2017, "Using the Output Embedding to Improve Language Models" (input and output embedding U and V).

Symbols
    E, U  input and output table (V, D)      V  vocabulary      D  width
"""

from torch import Tensor
from torch.nn.functional import normalize


def row_cosines(E: Tensor, U: Tensor) -> Tensor:
    """cos(eᵢ, uⱼ) of every input row with every output row: (V, D), (V, D) → (V, V)"""
    return normalize(E, dim=-1) @ normalize(U, dim=-1).T
