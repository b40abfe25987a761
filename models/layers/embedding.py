"""An embedding layer: one trained row for each token; and which rows one training step changes.

Papers: Bengio et al. 2003, "A Neural Probabilistic Language Model", section 2 (the matrix C); Press & Wolf 2017, "Using
the Output Embedding to Improve Language Models" (one table for input and output).

Symbols
    ids  tokens (N,)        V  vocabulary        D  width        E  table (V, D), one row a token
    h    rows looked up (N, D)        O  output table (V, D)        z  logits of the next token (N, V)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot


class NextTokenTrace(NamedTuple):
    """What was looked up."""

    rows: Tensor  # (N, D)


def lookup(ids: Tensor, E: Tensor) -> Tensor:
    """h = E[ids]: the row of each token.  (N, D)"""
    return E[ids]


def one_hot_product(ids: Tensor, E: Tensor) -> Tensor:
    """onehot(ids) E: the same, as a matrix product over the whole table.  (N, D)"""
    return one_hot(ids, len(E)).to(E.dtype) @ E


def logits(h: Tensor, O: Tensor) -> Tensor:  # noqa: E741 - the symbol of the table above
    """z = h Oᵀ: one score for every token of the vocabulary.  (N, V)"""
    return h @ O.T


class NextToken(nn.Module):
    """Predicts a token from the one before it: a lookup, then an output layer, which is the same table if tied."""

    def __init__(self, vocabulary: int, width: int, tied: bool) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.empty(vocabulary, width))
        self.output = None if tied else nn.Parameter(torch.empty(vocabulary, width))

    def forward(self, ids: Tensor) -> tuple[Tensor, NextTokenTrace]:
        """Logits (N, V) of the tokens that follow ids (N,)."""
        h = lookup(ids, self.table)  # (N, D)
        return logits(h, self.table if self.output is None else self.output), NextTokenTrace(h)


def changed_rows(before: Tensor, after: Tensor) -> Tensor:
    """Length of the change of every row of a table.  (V,)"""
    return (after - before).norm(dim=1)
