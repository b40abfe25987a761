"""What the page of the hypernetwork says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.other.hypernetwork.run import HypernetworkControls, frequencies, number_at, task_numbers
from tests.entries.evidence import runs_of

shown = runs_of("hypernetwork")


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_frames_show_the_sine_of_their_frequency() -> None:
    plot = shown().figures["curve"].plot
    x = np.asarray(plot.data[0].x)
    for frame in plot.frames:
        sine = frame._props["data"][0]["y"]
        assert np.abs(sine - np.sin(np.pi * float(frame.name.split(",")[0]) * x)).max() < 0.03  # names are rounded
    assert sum("trained" in frame.name for frame in plot.frames) == 9


def test_the_other_order_uses_the_same_numbers_and_parts_neighbours() -> None:
    for tasks in (3, 5, 9, 17):
        order, other = (HypernetworkControls(tasks=tasks, numbers=name) for name in ("in order", "in another order"))
        known, moved = task_numbers(order, frequencies(tasks)), task_numbers(other, frequencies(tasks))
        assert torch.equal(known, moved.sort().values)
        if tasks > 3:
            assert moved.diff().abs().min() > 1.5 * known.diff().max()


def test_a_frequency_between_two_has_the_number_between_theirs() -> None:
    c = HypernetworkControls(numbers="in another order")
    trained = frequencies(9)
    known = task_numbers(c, trained)
    assert torch.allclose(number_at(c, trained), known, atol=1e-5)
    assert torch.allclose(number_at(c, (trained[1:] + trained[:-1]) / 2), (known[1:] + known[:-1]) / 2, atol=1e-5)


def test_parameters_on_the_page() -> None:
    metrics = shown().metrics
    assert metrics["generator_parameters"] == 32 + 32 + 49 * 32 + 49
    assert metrics["separate_parameters"] == 9 * 49
    assert metrics["input_network_parameters"] == pytest.approx(metrics["generator_parameters"], rel=0.05)


def test_figures_are_light() -> None:
    assert all(len(figure.plot.to_json()) < 100_000 for figure in shown().figures.values())
