"""Steps of an optimiser on a table and its output layer, and which of the table's rows one more step changes.

Papers: Kingma & Ba 2014, "Adam", algorithm 1; Loshchilov & Hutter 2017, "Decoupled Weight Decay Regularization".
A moving average of gradients goes on moving a row whose own gradient is 0. torch's SparseAdam leaves such rows alone.

Symbols
    N  pairs of a batch      V  vocabulary      D  width
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.layers.embedding import NextToken, changed_rows
from models.seeding import generator

Rule = Literal["SGD", "SGD with momentum", "Adam", "AdamW", "SparseAdam"]


class Step(NamedTuple):
    """One step on a batch."""

    loss: Tensor  # () nats per token
    gradient: Tensor  # (V,) length of the gradient of every row
    change: Tensor  # (V,) length of the change of every row


def built(vocabulary: int, width: int, tied: bool, seed: int) -> NextToken:
    """Small random rows, of length 1 on average."""
    draws = generator(seed)
    with torch.device("meta"):
        model = NextToken(vocabulary, width, tied)
    model.to_empty(device="cpu")
    with torch.no_grad():
        for table in model.parameters():
            table.copy_(torch.randn(vocabulary, width, generator=draws) / width**0.5)
    return model


class TableTraining:
    """Trains the model with one rule; ``step`` says what each step did to the table."""

    def __init__(self, model: NextToken, rule: Rule) -> None:
        self.model, self._rule = model, rule
        tables = list(model.parameters())
        self._optimizer: torch.optim.Optimizer
        if rule == "SparseAdam":
            self._optimizer = torch.optim.SparseAdam(tables, lr=0.01)
        elif rule == "Adam":
            self._optimizer = torch.optim.Adam(tables, lr=0.01)
        elif rule == "AdamW":
            self._optimizer = torch.optim.AdamW(tables, lr=0.01, weight_decay=0.01)
        else:
            self._optimizer = torch.optim.SGD(tables, lr=1.0, momentum=0.9 if rule == "SGD with momentum" else 0.0)

    def step(self, ids: Tensor, following: Tensor) -> Step:
        """One update on tokens (N,) and those that followed them (N,)."""
        before = self.model.table.detach().clone()  # (V, D)
        loss = cross_entropy(self.model(ids)[0], following)
        self._optimizer.zero_grad()
        loss.backward()
        gradient = _gradient(self.model.table)  # (V, D)
        if self._rule == "SparseAdam":
            for table in self.model.parameters():
                table.grad = _sparse(_gradient(table))
        self._optimizer.step()
        return Step(loss.detach(), gradient.norm(dim=1), changed_rows(before, self.model.table.detach()))


def _gradient(table: Tensor) -> Tensor:
    return torch.zeros_like(table) if table.grad is None else table.grad.detach().clone()


def _sparse(gradient: Tensor) -> Tensor:
    """The gradient as the rows that are not 0."""
    rows = gradient.abs().sum(dim=1).nonzero()[:, 0]
    return torch.sparse_coo_tensor(rows[None], gradient[rows], gradient.shape, check_invariants=True)


def batches(ids: Tensor, rows: int, draws: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Without end, tokens (N,) from random places of a text and those that follow them (N,)."""
    while True:
        at = torch.randint(len(ids) - 1, (rows,), generator=draws)
        yield ids[at], ids[at + 1]
