"""What the page of GraphSAGE says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.graphs.unseen_graph.run import UnseenControls, graphs_of, reached, run
from tests.entries.evidence import runs_of

shown = runs_of("graphsage")


def test_the_two_graphs_share_blocks_and_nothing_else() -> None:
    both = graphs_of("content", 0.6, "as planted", 0)
    assert torch.equal(both.seen.labels, both.new.labels)
    assert not torch.equal(both.seen.adjacency, both.new.adjacency)
    rotated = graphs_of("content, rotated", 0.6, "as planted", 0)
    torch.testing.assert_close(rotated.new.features.norm(dim=-1), both.new.features.norm(dim=-1))
    shuffled = graphs_of("content", 0.6, "at random", 0)
    assert shuffled.new.adjacency.mean() == pytest.approx(both.new.adjacency.mean().item(), rel=0.15)


def test_thick_lines_lead_to_sampled_neighbours() -> None:
    *_, result = run(UnseenControls(), "cpu")
    one, two = reached(result)
    graph = result.graphs.new.adjacency
    assert all(graph[20, node] for node in one)
    assert all(any(graph[node, other] for other in one | {20}) for node in two)
    assert 1 <= len(one) <= 5
    assert len(two) <= 30
    drawn = {trace.name: trace for trace in shown().figures["graph"].plot.data}
    assert len(drawn["edges, width 3"].x) // 3 == len(one)


def test_the_numbers_of_the_page() -> None:
    metrics = shown().metrics
    assert 7 <= metrics["mean_degree"] < 8.2
    assert metrics["nodes_read"] <= 1 + 5 + 30
    line = {trace.name: trace for trace in shown().figures["sizes"].plot.data}["new graph"]
    assert line.y[3] == pytest.approx(metrics["new_graph_accuracy_percent"])
    assert line.y[5] == pytest.approx(metrics["accuracy_with_all_neighbours_percent"])
    assert metrics["gain_of_all_over_one_percent"] == pytest.approx(line.y[5] - line.y[0])
    assert metrics["gain_of_all_over_one_percent"] > 9
    assert shown(edges="at random").metrics["gain_of_all_over_one_percent"] < 2


@pytest.mark.parametrize("aggregator", ["max", "sum"])
def test_the_other_aggregators_hold_on_the_new_graph_too(aggregator: str) -> None:
    assert shown(aggregator=aggregator).metrics["new_graph_accuracy_percent"] > 70


def test_extremes_are_finite() -> None:
    run_ = shown(noise=1.6, neighbours="1", node=99)
    assert np.isfinite(run_.metrics["new_graph_accuracy_percent"])
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run_.figures.values())
