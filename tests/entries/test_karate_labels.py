"""What the page of the graph convolutional network says beyond its claims."""

import numpy as np
import pytest
import torch

from app.claims import verdict
from app.experiments.graphs.karate_labels.run import graph_of, trained
from models.graphs.gcn import normalised_adjacency
from models.graphs.label_training import from_labels
from tests.entries.evidence import runs_of

shown = runs_of("gcn")


def test_the_fill_is_the_predicted_probability_at_every_step() -> None:
    own = trained("", "as it is", 1, 2, True, 0, 10)
    plot = shown().figures["graph"].plot
    assert [frame.name for frame in plot.frames] == list(map(str, own.taken))
    for logits, frame in zip(own.logits[:, 0], plot.frames):
        lean = 2 * logits.softmax(-1)[:, 1] - 1
        assert frame._props["data"][0]["marker"]["color"] == pytest.approx(lean.tolist(), abs=1e-5)


def test_member_8_alone_stays_wrong_in_all_trainings() -> None:
    graph = graph_of("", "as it is", 0)
    logits = trained("", "as it is", 1, 2, True, 0, 10).logits[-1]
    wrong = [(each.argmax(-1) != graph.labels).nonzero().flatten().tolist() for each in logits]
    assert wrong == [[8]] * 8
    friends = graph.adjacency[8].nonzero().flatten()
    assert (graph.labels[8], graph.labels[friends].tolist().count(1), len(friends)) == (0, 3, 5)


def test_four_times_as_many_steps_do_not_repair_24_plain_layers() -> None:
    graph = graph_of("", "as it is", 0)
    a_hat = normalised_adjacency(graph.adjacency)
    given = {"layers": 24, "trainings": 4, "seed": 0, "steps": 400}
    found = from_labels(torch.eye(34), a_hat, graph.labels, graph.known, residual=False, **given)
    right = (found.logits[-1].argmax(-1) == graph.labels).float().mean()
    assert right < 0.75


def test_the_numbers_of_the_page() -> None:
    metrics = shown().metrics
    assert metrics["smoothing_cosine_24"] > 0.99
    assert metrics["smoothing_accuracy_24_percent"] > 80
    assert metrics["smoothing_accuracy_64_percent"] == pytest.approx(50, abs=4)
    assert metrics["weight_on_itself"] == pytest.approx(1 / 6)
    matrix = np.asarray(shown().figures["matrix"].plot.data[0].z)
    assert matrix[8, 0] == pytest.approx(1 / (6 * 17) ** 0.5)
    assert all(len(figure.plot.to_json()) < 100_000 for figure in shown().figures.values())


def test_two_layers_have_nothing_to_add_a_residual_to() -> None:
    one, two = (trained("", "as it is", 1, 2, residual, 0, 1) for residual in (True, False))
    assert torch.equal(one.logits, two.logits)


def test_renumbering_carries_labels_and_places_along() -> None:
    before, after = graph_of("", "as it is", 3), graph_of("", "renumbered", 3)
    assert torch.equal(after.labels, before.labels[after.order])
    assert after.order[after.known].tolist() == [0, 33]
    assert torch.equal(after.adjacency, before.adjacency[after.order][:, after.order])


def test_a_member_without_friends_is_a_finite_page() -> None:
    run = shown(edges="0-11", self_loops=0)
    assert np.isfinite(run.metrics["accuracy_percent"])


def test_the_claim_on_two_layers_is_not_held_against_24() -> None:
    deep = shown(layers=24, residual=False).metrics
    assert deep["accuracy_percent"] < 85
    assert verdict(shown.entry.live.claims[0], deep) == "does not apply"
