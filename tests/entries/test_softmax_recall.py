"""What the page of the modern Hopfield network says beyond its claims."""

import torch

from app.experiments.energy.drawn_pattern import N, flips, on_paper
from app.experiments.energy.softmax_recall.run import (
    CLUSTER,
    NUMBERS,
    SoftmaxControls,
    measure,
    patterns_of,
    run,
)
from models.seeding import generator


def test_the_drawing_is_stored_and_comes_back() -> None:
    result = run(SoftmaxControls(drawing="example 3"), "cpu")
    metrics = measure(result)
    assert torch.equal(result.patterns[0], on_paper("example 3"))
    assert metrics["wrong_pixels_before"] == flips(20)
    assert metrics["wrong_pixels_after"] == 0


def test_patterns_of_a_cluster_are_as_far_apart_as_stated() -> None:
    first = on_paper("example 0")
    patterns = patterns_of("tight clusters", 100, generator(0), first)
    apart = lambda a, b: int((a != b).sum())
    assert torch.equal(patterns[0], first)
    assert {apart(first, other) for other in patterns[1:CLUSTER]} == {4}
    assert all(apart(patterns[CLUSTER], other) <= 4 for other in patterns[CLUSTER + 1 : 2 * CLUSTER])
    loose = patterns_of("loose clusters", 100, generator(0), first)
    assert {apart(first, other) for other in loose[1:CLUSTER]} == {27}


def test_hebbs_rule_fails_where_one_softmax_does_not() -> None:
    result = run(SoftmaxControls(), "cpu")
    modern, classical = result.by_number
    assert classical[0] > 0.9
    assert classical[NUMBERS.index(100)] < 0.05
    assert modern.min() > 0.95


def test_a_small_beta_averages_and_a_lasting_average_is_no_error_of_the_sum() -> None:
    result = run(SoftmaxControls(beta=0.01), "cpu")
    assert measure(result)["patterns_in_use"] > 900
    assert abs(result.weights.sum() - 1) < 1e-5
    assert result.recalled.shape == (1, N)
