"""What the page of graph readouts says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.graphs.three_readouts.run import PAIRS, apart, rewired
from models.data.marked_graphs import answers_of, marked_graphs, padded
from models.graphs.readout import max_readout, mean_readout, sum_readout
from models.graphs.readout_training import graphs_of, share_right
from models.seeding import generator
from tests.entries.evidence import runs_of

shown = runs_of("graph-readout")


def test_readouts_by_hand_leave_padding_out() -> None:
    h, mask = torch.tensor([[1.0], [-4.0], [9.0]]), torch.tensor([True, True, False])
    assert [read(h, mask).item() for read in (sum_readout, mean_readout, max_readout)] == [-3, -1.5, 1]


def test_edges_elsewhere_are_as_many_between_nodes_that_are_there() -> None:
    graphs = padded(marked_graphs(20, 6, 10, generator(0)), 12)
    moved = rewired(graphs, generator(1))
    assert torch.equal(moved.adjacency.sum(-1).sort(dim=1).values, graphs.adjacency.sum(-1).sort(dim=1).values)
    assert (moved.adjacency.sum(-1)[~graphs.mask] == 0).all()
    assert torch.equal(moved.adjacency, moved.adjacency.mT)
    assert not torch.equal(moved.adjacency, graphs.adjacency)


def test_answers_by_hand() -> None:
    marked, mask = torch.tensor([[1.0, 1, 0, 0], [0, 0, 0, 0]]), torch.tensor([[True] * 4, [True, True, False, False]])
    assert answers_of(marked, mask).tolist() == [[2, 0], [0.5, 0], [1, 0]]


def test_graphs_have_the_sizes_that_the_page_names() -> None:
    learn, small, large = graphs_of(0)
    assert (len(learn.mask), len(small.mask), len(large.mask)) == (150, 300, 300)
    for graphs, low, high in ((learn, 6, 10), (small, 6, 10), (large, 14, 20)):
        sizes = graphs.mask.sum(-1)
        assert (int(sizes.min()), int(sizes.max())) == (low, high)
        assert torch.equal(graphs.adjacency, graphs.adjacency.mT)
        assert (graphs.adjacency.sum(-1)[~graphs.mask] == 0).all()
    again = padded(marked_graphs(3, 4, 5, generator(1)), 9)
    assert again.features.shape == (3, 9, 2)


def test_pairs_that_look_the_same() -> None:
    assert [apart(pair).tolist() for pair in PAIRS] == [
        [1, 0, 0],
        [1, pytest.approx(1 / 3), 0],
        [0, pytest.approx(1 / 6), 0],
    ]


def test_right_answers_are_close_ones() -> None:
    graphs = marked_graphs(40, 6, 10, generator(0))
    exact = graphs.answers.expand(3, -1, -1)
    assert (share_right(exact, graphs) == 1).all()
    assert (share_right(exact + 0.06, graphs)[:, 1] == 0).all()


def test_the_grid_is_what_the_numbers_say() -> None:
    run = shown()
    cells = np.asarray(run.figures["grid"].plot.data[0].z)
    assert cells[0, 0] == pytest.approx(run.metrics["sum_count_percent"])
    assert cells[1, 1] == pytest.approx(run.metrics["mean_share_percent"])
    assert cells[2, 2] == pytest.approx(run.metrics["max_presence_percent"])
    assert min(cells.diagonal()) > 90
    assert run.metrics["max_share_percent"] < 80
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())
