"""What the page of graph transformers says beyond its claims."""

from itertools import pairwise

import numpy as np
import pytest

from app.experiments.graphs.hop_attention.run import HopControls, attention, best_head, graphs_of, moved, run
from models.seeding import generator
from models.training.long_paths import PLAN, POOL
from tests.entries.evidence import runs_of

shown = runs_of("graph-transformer")


def test_the_path_is_in_order_and_the_answer_eight_hops_away() -> None:
    result = run(HopControls(graph=3, node=2), "cpu")
    path = result.on_path
    assert all(result.adjacency[one, other] == 1 for one, other in pairwise(path))
    assert result.hops[path[2], path[10]] == 8
    drawn = shown(graph=3, node=2).figures["graph"].plot.data[-1]
    assert list(drawn.marker.symbol).count("diamond") == 1
    assert drawn.text[list(drawn.marker.symbol).index("diamond")] == "8"


def test_the_fill_is_the_best_heads_weight() -> None:
    result = run(HopControls(), "cpu")
    weights = attention("shortest paths", 0, 0)[best_head("shortest paths", 0, 0), 0, result.on_path[0]]
    assert result.weights.tolist() == pytest.approx(weights.tolist())
    assert weights.sum() == pytest.approx(1, abs=1e-4)


def test_attention_without_an_encoding_is_nearly_flat() -> None:
    run_ = shown()
    lines = {trace.name: np.asarray(trace.y) for trace in run_.figures["hops"].plot.data}
    assert abs(lines["no encoding"] - 1).max() < 0.25
    assert lines["shortest paths"].argmax() == 8
    assert shown(encoding="Laplacian").figures["hops"].text.startswith("Eight hops away")


def test_exchanged_encodings_stay_within_a_graph() -> None:
    given = graphs_of(0)
    other = moved(given, "permuted", generator(1))
    assert other.graphs is given.graphs
    for graph in range(5):
        there = given.graphs.mask[graph]
        before, after = given.walks[graph][there].sum(0), other.walks[graph][there].sum(0)
        assert after.tolist() == pytest.approx(before.tolist(), abs=1e-5)
        assert not np.array_equal(given.hops[graph], other.hops[graph])


def test_the_numbers_of_the_page() -> None:
    metrics = shown().metrics
    assert (PLAN.steps, POOL) == (1000, 4096)
    assert metrics["accuracy_gcn_2_layers_percent"] == pytest.approx(50, abs=5)
    assert metrics["accuracy_gcn_8_layers_percent"] == pytest.approx(50, abs=5)
    assert metrics["accuracy_virtual_node_percent"] == pytest.approx(61, abs=5)
    assert all(len(figure.plot.to_json()) < 100_000 for figure in shown().figures.values())


def test_fixed_signs_help_only_while_no_sign_is_turned() -> None:
    fixed, drawn = shown(signs="fixed in training").metrics, shown().metrics
    assert fixed["accuracy_laplacian_unturned_percent"] == pytest.approx(94, abs=2)
    assert fixed["accuracy_laplacian_as_set_percent"] == pytest.approx(75, abs=2)
    assert drawn["accuracy_laplacian_unturned_percent"] == pytest.approx(84, abs=2)
