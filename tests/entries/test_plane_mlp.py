"""What the page of the multilayer perceptron says beyond its claims."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from app.experiments.foundations.plane_mlp.figures import CELLS, MAP_CELLS, REACH
from app.experiments.foundations.plane_mlp.run import PlaneMLPControls, PlaneMLPResult, measure, points_of, run
from tests.entries.evidence import Shown, runs_of

QUICK: dict[str, Any] = {"steps": 100}


def trained(**change: Any) -> PlaneMLPResult:
    *_, result = run(PlaneMLPControls(**change), "cpu")
    return result


def shown(**change: Any) -> Shown:
    return runs_of("mlp")(**QUICK | change)


def by_torch(result: PlaneMLPResult, at: int) -> nn.Sequential:
    """The network of a snapshot, put together from torch's own layers."""
    one, layers = result.progress.snapshots[at], []
    for weight, bias in zip(one.weights, one.biases, strict=True):
        layer = nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight.data, layer.bias.data = weight, bias
        layers += [layer, nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def test_the_surface_shows_the_probability_at_its_place_at_every_step() -> None:
    result = trained(**QUICK)
    plot = shown().figures["surface"].plot
    places = torch.tensor(np.asarray(plot.data[0].x))
    assert (len(places), places[0].item(), places[-1].item()) == (CELLS, pytest.approx(-REACH), pytest.approx(REACH))
    row, column = 33, 8  # high up on the left
    point = torch.stack([places[column], places[row]]).float()
    for at, frame in enumerate(plot.frames):
        orange = by_torch(result, at)(point).softmax(-1)[1].item()
        assert frame._props["data"][0]["z"][row][column] == pytest.approx(100 * orange, abs=0.51)
    assert np.array_equal(plot.data[0].z, plot.frames[-1]._props["data"][0]["z"])


def test_a_tile_is_a_unit_with_the_top_of_the_plane_at_its_top() -> None:
    result = trained(**QUICK)
    plot = shown().figures["units"].plot
    sheet = np.asarray(plot.frames[-1]._props["data"][0]["z"])
    network, corner = by_torch(result, -1), torch.tensor([[-REACH, REACH]])
    first = network[:2](corner)[0]
    tile = MAP_CELLS + 1
    corners = [sheet[unit // 8 * tile, unit % 8 * tile] for unit in range(16)]
    largest = max(
        abs(network[:2](torch.tensor([[x, y]]))).max().item() for x in (-REACH, REACH) for y in (-REACH, REACH)
    )
    assert corners == pytest.approx([100 * value / largest for value in first.tolist()], abs=3)


def test_the_numbers_of_the_page() -> None:
    result = trained(**QUICK)
    assert result.parameters == 354
    assert sum(part[-1].numel() for part in (result.progress.newest.weights, result.progress.newest.biases)) == 34
    assert (len(result.points), len(result.held_out_labels)) == (200, 500)
    assert result.gradient_check < 1e-7


def test_what_is_frozen_stays_and_the_rest_moves() -> None:
    progress = trained(frozen="hidden layers", **QUICK).progress
    first, last = progress.snapshots[0], progress.newest
    for place, stays in ((0, True), (1, True), (2, False)):
        assert torch.equal(first.weights[place], last.weights[place]) is stays
        assert torch.equal(first.biases[place], last.biases[place]) is stays


def test_four_times_as_many_steps_do_not_repair_frozen_layers() -> None:
    assert measure(trained(frozen="hidden layers", steps=2400))["held_out_accuracy_percent"] < 75


def test_without_activation_the_border_is_straight() -> None:
    found = trained(activation="none")
    assert measure(found)["held_out_accuracy_percent"] < 75
    network = found.progress.newest
    first, second, last = network.weights
    side = found.held_out_logits[:, 1] - found.held_out_logits[:, 0]
    held_out = points_of(found.controls)[1].points
    slope = (last @ second @ first)[1] - (last @ second @ first)[0]
    offset = side - held_out @ slope
    torch.testing.assert_close(offset, offset[:1].expand_as(offset), atol=1e-4, rtol=0)


def test_added_points_join_the_training_points_and_only_those() -> None:
    before, after = points_of(PlaneMLPControls()), points_of(PlaneMLPControls(added="a0.5_-1 b2_2"))
    assert after[0].points[-2:].tolist() == [[0.5, -1.0], [2.0, 2.0]]
    assert after[0].labels[-2:].tolist() == [0, 1]
    assert torch.equal(after[0].points[:-2], before[0].points)
    assert torch.equal(after[1].points, before[1].points)
    added = next(
        trace for trace in shown(added="a0.5_-1 b2_2").figures["surface"].plot.data if trace.name == "added points"
    )
    assert (list(added.x), list(added.y)) == ([0.5, 2.0], [-1.0, 2.0])
    assert added.meta == {"sets": ["added"], "where": True}


def test_shuffling_moves_labels_of_training_points_only() -> None:
    true, shuffled = points_of(PlaneMLPControls()), points_of(PlaneMLPControls(labels="shuffled"))
    assert torch.equal(true[0].points, shuffled[0].points)
    assert true[0].labels.sum() == shuffled[0].labels.sum()
    assert 70 < (true[0].labels != shuffled[0].labels).sum() < 130
    assert torch.equal(true[1].labels, shuffled[1].labels)


@pytest.mark.parametrize(
    "change", [{"learning_rate": 1.0, "activation": "relu"}, {"l2": 0.1, "units": 2}, {"noise": 0.6}]
)
def test_extremes_are_finite_or_gaps(change: dict[str, Any]) -> None:
    run = shown(**change)
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())
    assert np.isfinite(run.metrics["held_out_accuracy_percent"])
