"""What the page of normalizing flows says beyond its claims."""

import math

import numpy as np
import pytest

from app.experiments.generative.flow_course import truth_of
from tests.entries.evidence import runs_of

flow = runs_of("normalizing-flow")


def test_samples_begin_in_the_base_and_end_among_the_data() -> None:
    frames = flow().figures["layers"].plot.frames
    first, last = (np.asarray(frame._props["data"][1]["x"], float) for frame in (frames[0], frames[-1]))
    assert np.abs(first).mean() == pytest.approx(math.sqrt(2 / math.pi), abs=0.15)  # of a normal number
    assert np.mean(np.abs(np.abs(last) - 1.6) < 1.4) > 0.98
    assert len(frames) == 7


def test_strays_come_from_the_middle_of_the_base() -> None:
    frames = flow().figures["layers"].plot.frames
    samples, strays = (np.asarray(frames[0]._props["data"][number]["x"], float) for number in (1, 2))
    ends = np.asarray(frames[-1]._props["data"][2]["x"], float)
    assert np.median(np.abs(ends)) < 0.6
    assert len(strays) == 30 < len(samples)


def test_determinants_and_round_trips_are_exact_to_float_precision() -> None:
    metrics = flow().metrics
    assert metrics["log_det_difference"] < 1e-4
    assert metrics["round_trip_error"] < 1e-3


def test_the_bridge_is_far_above_the_truth() -> None:
    truth, learned = (np.asarray(trace.y, float) for trace in flow().figures["mass"].plot.data)
    middle = len(truth) // 2
    assert learned[middle] > 50 * truth[middle]


def test_without_the_determinant_the_loss_reaches_its_floor() -> None:
    metrics = flow(determinant="left out").metrics
    assert metrics["held_out_loss_nats"] == pytest.approx(math.log(2 * math.pi), abs=0.02)
    assert metrics["integral"] > 10


def test_twice_as_long_a_training_keeps_the_bridge() -> None:
    assert flow(steps=1000).metrics["stray_over_truth"] > 5


def test_clicked_islands_are_the_data_also_one_or_many() -> None:
    many = " ".join(f"a{x}_{y}" for x in range(-3, 2) for y in range(-3, 3)) + " b0.5_0.5 b0.5_0.5"
    for own, count in (("a1_1", 1), (many, 32)):
        truth = truth_of("two islands", own)
        assert len(truth.means) == count
        run = flow(own=own, steps=100, layers=2)
        assert all(math.isfinite(value) for value in run.metrics.values())
        assert run.metrics["integral"] == pytest.approx(1, abs=0.05)
