"""What the page of graph neural networks says beyond its claims."""

import numpy as np
import pytest
import torch

from app.claims import verdict
from app.experiments.graphs.source_bit.run import adjacency_with, learned, ring_and_triangles
from models.data.source_bit import NODES, source_bits
from models.seeding import generator
from tests.entries.evidence import runs_of

shown = runs_of("graph-neural-network")


def test_what_is_dark_is_what_the_sources_bit_changes() -> None:
    run = shown()
    model = learned("", 3, 3, "flag", 0).model
    x, _ = source_bits(64, generator(1))
    flipped = x.clone()
    flipped[:, 0, 0] *= -1
    graph = run.figures["graph"].plot
    adjacency = adjacency_with("")
    for at, frame in enumerate(graph.frames):
        one, other = (model(each, adjacency)[1].states[at] for each in (x, flipped))
        moved = (one - other).norm(dim=-1).mean(0)
        drawn = frame._props["data"][0]["marker"]["color"]
        assert drawn == pytest.approx((moved / moved.max()).tolist(), abs=1e-5)
    reached = [
        [node for node, share in enumerate(f._props["data"][0]["marker"]["color"]) if share] for f in graph.frames
    ]
    assert reached[0] == [0]
    assert reached[1] == [0, 1, 4]
    assert reached[2] == [0, 1, 2, 4, 5]
    assert 3 in reached[3]
    assert 8 not in reached[3]


def test_the_rows_add_up_to_the_new_state() -> None:
    model = learned("", 3, 3, "flag", 0).model
    x, _ = source_bits(64, generator(1))
    state = model(x[0], adjacency_with(""))[1].states[-1][3]
    rows = np.asarray(shown().figures["numbers"].plot.data[0].z)
    assert rows.shape == (5, 24)
    assert rows.sum(0).clip(0) == pytest.approx(state.numpy(), abs=1e-5)


def test_the_numbers_of_the_page() -> None:
    metrics = shown().metrics
    assert metrics["hops_to_the_source"] == 3
    assert metrics["nodes_within_reach"] == 10
    assert metrics["ring_and_triangles_difference"] < 1e-5
    assert ring_and_triangles(learned("", 3, 3, "flag", 0).model) == pytest.approx(0, abs=1e-5)
    assert all(40 < metrics[f"accuracy_with_{rounds}_rounds_percent"] < 60 for rounds in (1, 2))
    assert shown(edges="1-2 1-11").metrics["hops_to_the_source"] == 5


def test_a_node_without_a_path_guesses_and_the_page_says_so() -> None:
    cut = shown(edges="2-3 3-7 3-8")
    assert np.isnan(cut.metrics["hops_to_the_source"])
    assert 40 < cut.metrics["accuracy_percent"] < 60
    assert "no path to the source" in cut.figures["graph"].text
    assert cut.metrics["change_at_the_node_percent"] == 0


def test_figures_stay_small_and_the_source_may_ask_itself() -> None:
    run = shown(node=0, rounds=5, edges="0-2 0-3")
    assert run.metrics["accuracy_percent"] > 95
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())
    assert torch.equal(adjacency_with(""), adjacency_with("").T)
    assert adjacency_with("").shape == (NODES, NODES)


def test_a_node_that_guesses_says_nothing_about_renumbering() -> None:
    guessing = shown(rounds=1).metrics
    assert guessing["renumbered_accuracy_percent"] == pytest.approx(guessing["accuracy_percent"])
    assert verdict(shown.entry.live.claims[1], guessing) == "does not apply"
