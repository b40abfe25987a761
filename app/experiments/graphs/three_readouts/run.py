"""Three questions about small graphs, three readouts: nine networks learn, and answer for graphs twice as large."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.data.marked_graphs import QUESTIONS, MarkedGraphs
from models.graphs.readout import READOUTS, max_readout, mean_readout, sum_readout
from models.graphs.readout_training import LARGE, graphs_of, share_right, trained
from models.seeding import generator

ROUNDS, STEPS = 8, 25
NAMES = tuple(READOUTS)


class ReadoutControls(Controls):
    asks: Literal["how many", "what share", "is there one"] = Field("how many", title="Question")
    readout: Literal["sum", "mean", "max"] = Field("sum", title="Readout")
    padding: Literal["left out", "counted"] = Field(
        "left out", title="Padding", description="Empty rows that fill a batch up to its largest graph"
    )
    order: Literal["as drawn", "shuffled", "edges elsewhere"] = Field(
        "as drawn", title="Nodes at the test", description="In another order; or as many edges between other nodes"
    )


class Pair(NamedTuple):
    """Two graphs without edges by their node states, and how far apart their readouts are."""

    name: str
    one: Tensor  # (N, 1)
    other: Tensor  # (M, 1)


PAIRS = (
    Pair("a graph, and two copies of it", torch.tensor([[1.0], [0.0]]), torch.tensor([[1.0], [0.0], [1.0], [0.0]])),
    Pair("1 of 3 marked, and 2 of 3", torch.tensor([[1.0], [0.0], [0.0]]), torch.tensor([[1.0], [1.0], [0.0]])),
    Pair("2 of 3 marked, and 2 of 4", torch.tensor([[1.0], [1.0], [0.0]]), torch.tensor([[1.0], [1.0], [0.0], [0.0]])),
)


def apart(pair: Pair) -> Tensor:
    """How far the readouts of the two graphs are apart, in the order sum, mean, max.  (3,)"""
    there = lambda h: torch.ones(len(h), dtype=torch.bool)
    return torch.stack(
        [
            (read(pair.one, there(pair.one)) - read(pair.other, there(pair.other))).abs().squeeze()
            for read in (sum_readout, mean_readout, max_readout)
        ]
    )


class ReadoutResult(NamedTuple):
    controls: ReadoutControls
    steps: int
    small: Tensor  # (R, Q) share of right answers, graphs of the trained sizes
    large: Tensor  # (R, Q) graphs twice as large
    answers: tuple[Tensor, Tensor]  # (G,) of the chosen reader, for small and for large graphs
    truths: tuple[Tensor, Tensor]  # (G,)
    apart: Tensor  # (pairs, 3)
    parameters: int


def shuffled(graphs: MarkedGraphs, draws: torch.Generator) -> MarkedGraphs:
    """The same graphs, the nodes of all in another order."""
    order = torch.randperm(graphs.mask.shape[1], generator=draws)
    return MarkedGraphs(
        graphs.adjacency[:, order][:, :, order], graphs.features[:, order], graphs.mask[:, order], graphs.answers
    )


def rewired(graphs: MarkedGraphs, draws: torch.Generator) -> MarkedGraphs:
    """The same nodes, the edges of each graph between others of them: as many, with the same degrees."""
    last = torch.rand(graphs.mask.shape, generator=draws) + 2.0 * ~graphs.mask  # empty rows stay at the end
    order = last.argsort(dim=1)  # (G, N)
    rows = torch.arange(len(order))[:, None, None]  # (G, 1, 1)
    return graphs._replace(adjacency=graphs.adjacency[rows, order[:, :, None], order[:, None]])


def run(controls: ReadoutControls, device: str) -> Iterator[ReadoutResult]:
    """On the CPU whatever the device: nine networks of 49 parameters keep no other one busy."""
    c = controls
    learn, small, large = graphs_of(c.seed)
    seen = lambda mask: torch.ones_like(mask) if c.padding == "counted" else mask
    asked = (small, large)
    if c.order == "shuffled":
        draws = generator(c.seed + 1)
        asked = (shuffled(small, draws), shuffled(large, draws))
    elif c.order == "edges elsewhere":
        draws = generator(c.seed + 1)
        asked = (rewired(small, draws), rewired(large, draws))
    row, column = NAMES.index(c.readout), QUESTIONS.index(c.asks)
    far = torch.stack([apart(pair) for pair in PAIRS])
    for done, model in enumerate(trained(learn, seen(learn.mask), c.seed, ROUNDS, STEPS), 1):
        with torch.no_grad():
            said = [model(each.features, each.adjacency, seen(each.mask))[0] for each in asked]
        yield ReadoutResult(
            c, done * STEPS, share_right(said[0], small), share_right(said[1], large),
            (said[0][row, column], said[1][row, column]), (small.answers[column], large.answers[column]), far,
            sum(parameter[0, 0].numel() for parameter in model.parameters()),
        )  # fmt: skip


def measure(result: ReadoutResult) -> Measurements:
    row, column = NAMES.index(result.controls.readout), QUESTIONS.index(result.controls.asks)
    short = {"how many": "count", "what share": "share", "is there one": "presence"}
    return {
        "larger_graphs_percent": 100 * result.large[row, column].item(),
        "same_size_percent": 100 * result.small[row, column].item(),
        **{
            f"{name}_{short[question]}_percent": 100 * result.large[at, number].item()
            for at, name in enumerate(NAMES)
            for number, question in enumerate(QUESTIONS)
        },
        "nodes_of_the_larger_graphs": float(max(LARGE)),
    }
