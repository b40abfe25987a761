"""Nine small graph readers, three readouts by three questions, trained together.

Work: Liu & Nocedal 1989, "On the Limited Memory BFGS Method" (the optimiser: few parameters, the whole batch).

Symbols
    R  readouts    Q  questions    G  graphs
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from models.data.marked_graphs import QUESTIONS, MarkedGraphs, marked_graphs, padded
from models.graphs.readout import READOUTS, GraphReader
from models.seeding import generator, seeded

WIDTH, TRAINED_ON, SMALL, LARGE = 8, 150, (6, 10), (14, 20)
"""Units, graphs to learn from, nodes of these graphs, nodes of the graphs that are twice as large."""

ROWS = 32
"""Of a batch of the larger graphs; what no node fills is padding."""

START, DECAY = 0.2, 1e-3
"""Standard deviation of the weights at the start; strength of the pull to zero."""

SPREADS = (1.0, 0.15, 0.45)
"""What an error of each question is measured in, so that none drowns the others."""

CLOSE = (0.5, 0.05)
"""An answer within so much is right: the number of nodes, and the share."""


def start(seed: int) -> GraphReader:
    """Small normal weights."""
    model, draws = seeded(lambda: GraphReader(2, WIDTH, len(QUESTIONS), list(READOUTS)), seed), generator(seed)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=START, generator=draws)
    return model


def loss_of(model: GraphReader, graphs: MarkedGraphs, mask: Tensor) -> Tensor:
    """Mean squared error in units of each question's spread, summed over the nine, plus the pull to zero."""
    missed = model(graphs.features, graphs.adjacency, mask)[0] - graphs.answers  # (R, Q, G)
    scaled = missed / torch.tensor(SPREADS)[:, None]  # (R, Q, G)
    return scaled.square().mean(-1).sum() + DECAY * sum(p.square().sum() for p in model.parameters())


def trained(graphs: MarkedGraphs, mask: Tensor, seed: int, rounds: int, steps: int) -> Iterator[GraphReader]:
    """The model after every round of so many optimiser steps; it is one and the same object."""
    model = start(seed)
    optimizer = torch.optim.LBFGS(
        model.parameters(), max_iter=steps, history_size=20, line_search_fn="strong_wolfe", tolerance_change=1e-7
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = loss_of(model, graphs, mask)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    for _ in range(rounds):
        optimizer.step(closure)  # type: ignore[no-untyped-call]
        yield model


def share_right(answers: Tensor, graphs: MarkedGraphs) -> Tensor:
    """The share of graphs that each reader answers correctly.  (R, Q, G) → (R, Q)"""
    missed = (answers - graphs.answers).abs()  # (R, Q, G)
    right = missed < torch.tensor([*CLOSE, 0.5])[:, None]  # (R, Q, G)
    return right.float().mean(-1)


def graphs_of(seed: int, count: int = 300) -> tuple[MarkedGraphs, MarkedGraphs, MarkedGraphs]:
    """Graphs to learn from, held-out ones of the same sizes, and held-out ones twice as large."""
    draws = generator(seed)
    learn, small = (marked_graphs(many, *SMALL, draws) for many in (TRAINED_ON, count))
    return learn, small, padded(marked_graphs(count, *LARGE, draws), ROWS)
