"""Layers on graphs against torch_geometric, in float64 at odd sizes with re-drawn weights."""

import pytest
import torch
from torch_geometric import nn as pyg
from torch_geometric.utils import dense_to_sparse

from models.graphs import graphsage
from models.graphs.gcn import graph_convolution, normalised_adjacency
from models.graphs.graph_attention import GraphAttention
from models.graphs.message_passing import messages, received, updated
from models.graphs.readout import READOUTS
from models.seeding import generator
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity

N, D, E = 11, 5, 7


def drawn(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A random graph without a node that has no edge, and features."""
    draws = generator(seed)
    upper = (torch.rand(N, N, generator=draws) < 0.35).double().triu(1)
    upper[torch.arange(N - 1), torch.arange(1, N)] = 1
    return upper + upper.T, torch.randn(N, D, generator=draws, dtype=torch.double)


@pytest.mark.parametrize("self_loops", [0, 1])
def test_graph_convolution(self_loops: int) -> None:
    adjacency, x = drawn(0)
    theirs = pyg.GCNConv(D, E, bias=False, add_self_loops=bool(self_loops)).double()
    redraw(theirs, 1)
    ours = graph_convolution(x, normalised_adjacency(adjacency, self_loops), theirs.lin.weight.T)
    torch.testing.assert_close(ours, theirs(x, dense_to_sparse(adjacency)[0]))


def test_self_loops_added_twice_are_caught() -> None:
    adjacency, x = drawn(0)
    theirs = pyg.GCNConv(D, E, bias=False).double()
    redraw(theirs, 1)
    ours = graph_convolution(x, normalised_adjacency(adjacency, 2), theirs.lin.weight.T)
    assert (ours - theirs(x, dense_to_sparse(adjacency)[0])).abs().max() > 0.05


@pytest.mark.parametrize("name", ["mean", "max", "sum"])
def test_graphsage(name: str) -> None:
    adjacency, x = drawn(2)
    theirs = pyg.SAGEConv(D, E, aggr=name, bias=False).double()
    redraw(theirs, 3)
    weight = torch.cat([theirs.lin_r.weight.T, theirs.lin_l.weight.T])
    a = graphsage.AGGREGATORS[name](x, graphsage.all_neighbours(adjacency))
    expected = theirs(x, dense_to_sparse(adjacency)[0])
    torch.testing.assert_close(graphsage.joined(x, a, weight), expected)
    assert (graphsage.joined(a, x, weight) - expected).abs().max() > 0.1


def test_message_passing() -> None:
    adjacency, x = drawn(4)
    theirs = pyg.GraphConv(D, E, aggr="add").double()
    redraw(theirs, 5)
    r = received(adjacency, messages(x, theirs.lin_rel.weight.T))
    ours = updated(x, r, theirs.lin_root.weight.T, theirs.lin_rel.bias)
    expected = theirs(x, dense_to_sparse(adjacency)[0]).relu()
    torch.testing.assert_close(ours, expected)
    assert (updated(x, r, theirs.lin_root.weight.T, 0 * theirs.lin_rel.bias) - expected).abs().max() > 0.1


@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_readouts(name: str) -> None:
    draws = generator(6)
    h = torch.randn(3, N, D, generator=draws, dtype=torch.double)
    mask = torch.arange(N) < torch.tensor([N, 4, 7])[:, None]
    pool = {"sum": pyg.global_add_pool, "mean": pyg.global_mean_pool, "max": pyg.global_max_pool}[name]
    expected = pool(h[mask], mask.nonzero()[:, 0])
    torch.testing.assert_close(READOUTS[name](h, mask), expected)
    if name != "max":
        assert (READOUTS[name](h, torch.ones_like(mask)) - expected).abs().max() > 0.1


@pytest.mark.parametrize("dynamic", [False, True], ids=["GAT", "GATv2"])
def test_graph_attention(dynamic: bool) -> None:
    adjacency, x = drawn(7)
    kind = pyg.GATv2Conv if dynamic else pyg.GATConv
    theirs = kind(D, E, bias=False, add_self_loops=False).double()
    redraw(theirs, 8)
    ours = GraphAttention(D, E, dynamic=dynamic).double()
    a = theirs.att if dynamic else torch.cat([theirs.att_dst, theirs.att_src], -1)
    ours.a.data = a.reshape(-1, 1)
    ours.other.weight.data = (theirs.lin_l if dynamic else theirs.lin).weight
    if dynamic:
        ours.own.weight.data = theirs.lin_r.weight
    expected = theirs(x, dense_to_sparse(adjacency)[0])
    torch.testing.assert_close(ours(x, adjacency > 0)[0], expected)
    ours.a.data = ours.a.data.roll(1, 0)
    assert (ours(x, adjacency > 0)[0] - expected).abs().max() > 0.01
