"""What the page of graph attention networks says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.graphs.dictionary_lookup import run as dictionary_run
from models.graphs import dictionary_lookup, graph_attention, noise_edges
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


def test_noise_edges_join_classes_and_true_edges_stay_within_one() -> None:
    draws = generator(0)
    plain = noise_edges.noisy_graphs(200, 4, draws)
    for graphs in (plain, noise_edges.renumbered(plain, draws)):
        same = graphs.classes[:, :, None] == graphs.classes[:, None]
        assert not (graphs.true & ~same).any()
        assert not (graphs.noise & same).any()
        assert not graphs.true.diagonal(dim1=1, dim2=2).any()
        for edges in (graphs.true, graphs.noise):
            assert torch.equal(edges, edges.mT)
            assert edges.sum(-1).float().mean().item() == pytest.approx(4, abs=0.1)
        signs = noise_edges.SIGNS[graphs.classes]
        assert (graphs.features - signs).std().item() == pytest.approx(noise_edges.NOISE, abs=0.01)
    permuted = noise_edges.features_permuted(plain, draws)
    assert torch.equal(permuted.features.sort(1).values, plain.features.sort(1).values)
    assert torch.equal(permuted.classes, plain.classes)
    assert (permuted.features - noise_edges.SIGNS[permuted.classes]).std() > 1


def test_the_ratio_of_weights_by_hand() -> None:
    weights = torch.tensor([[0.0, 0.6, 0.2], [0.3, 0.0, 0.1], [0.1, 0.1, 0.0]])
    true = torch.tensor([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=torch.bool)
    noise = torch.tensor([[0, 0, 1], [0, 0, 1], [1, 1, 0]], dtype=torch.bool)
    assert noise_edges.mean_weight_ratio(weights, true, noise).item() == pytest.approx(0.45 / 0.125)


def test_a_node_counts_itself_among_its_neighbours() -> None:
    model = seeded(lambda: noise_edges.NodeClassifier(8, dynamic=True), 0)
    weights = model(torch.ones(1, 3, 2), torch.zeros(1, 3, 3, dtype=torch.bool))[1].weights
    assert torch.equal(weights[0], torch.eye(3))


def test_gat_and_gcn_hardly_tell_noise_edges_from_true_ones() -> None:
    attending, ranked = shown(), shown(scoring="GAT")
    assert attending.metrics["gcn_true_over_noise_weight"] < 1.2
    assert ranked.metrics["true_over_noise_weight"] < 2
    assert ranked.metrics["node_accuracy_percent"] < attending.metrics["node_accuracy_percent"] - 2


def test_gcn_weights_of_the_figure_follow_from_degrees() -> None:
    figure = shown().figures["noise"]
    noise = dictionary_run.noise_weights("GATv2", "in place", 4, 150, 0)
    edges = noise.graph.true | noise.graph.noise
    degree = edges.sum(-1) + 1
    assert torch.allclose(noise.fixed[edges], (degree[:, None] * degree).rsqrt()[edges])
    words = next(one.hovertext for one in figure.plot.data if one.name == "GCN, for comparison: weight of noise edge")
    edge, told = words[0].removeprefix("noise edge ").split(": ")
    one, other = map(int, edge.split("–"))
    assert float(told) == pytest.approx(float((degree[one] * degree[other]).rsqrt()), abs=6e-4)
