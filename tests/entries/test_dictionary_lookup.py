"""What the page of graph attention networks says beyond its claims."""

import numpy as np
import pytest
import torch

from models.graphs import dictionary_lookup, graph_attention
from models.seeding import generator, normal, seeded
from tests.entries.evidence import runs_of

shown = runs_of("graph-attention-network")


def test_scores_and_weights_by_hand() -> None:
    own, other = torch.tensor([[1.0], [-3.0]]), torch.tensor([[2.0], [1.0]])
    assert graph_attention.static_scores(own, other, torch.tensor([1.0, 1.0])).tolist() == [
        [3, 2],
        [pytest.approx(-0.2), pytest.approx(-0.4)],
    ]
    assert graph_attention.dynamic_scores(own, other, torch.tensor([-1.0])).tolist() == [
        [-3, -2],
        [pytest.approx(0.2), pytest.approx(0.4)],
    ]
    edges = torch.tensor([[True, True], [False, False]])
    assert graph_attention.edge_weights(torch.zeros(2, 2), edges).tolist() == [[0.5, 0.5], [0, 0]]


def test_gat_ranks_neighbours_alike_for_every_node() -> None:
    for dynamic, orders in ((False, 1), (True, 2)):
        model = seeded(lambda d=dynamic: graph_attention.GraphAttention(5, 16, dynamic=d), 0)
        scores = model(3 * normal(30, 5, seed=1), torch.ones(30, 30, dtype=torch.bool))[1].scores
        found = len({tuple(row.argsort().tolist()) for row in scores})
        assert found == 1 if orders == 1 else found >= orders


def test_every_query_has_one_key() -> None:
    asked = dictionary_lookup.lookups(4, 5, generator(0))
    assert asked.keys[0].tolist() == [0, 1, 2, 3, 4] * 2
    assert torch.equal(asked.values[:, 5:], asked.answers)
    assert dictionary_lookup.edges_of(5).sum() == 25


def test_the_maps_are_rows_of_weights() -> None:
    run = shown()
    for key in ("chosen", "gat"):
        assert np.asarray(run.figures[key].plot.data[0].z).sum(1) == pytest.approx(1, abs=1e-4)
    assert run.metrics["gat_distinct_first_keys"] == 1
