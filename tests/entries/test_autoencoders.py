"""What the pages on autoencoders say beyond their claims."""

import numpy as np
import pytest
import torch

from app.experiments.generative.code_plane import CELLS, WALK, between, inked
from app.experiments.generative.digit_codes.figures import first_of_each
from app.experiments.generative.digit_codes.run import DigitCodesControls, run
from models.data.digits import digits
from tests.entries.evidence import runs_of


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_the_map_holds_every_held_out_digit_and_fits_the_wire() -> None:
    figures = runs_of("autoencoder")().figures
    numerals = [one for one in figures["map"].plot.data if one.name.startswith("class")]
    assert sum(len(one.x) for one in numerals) == 297
    assert all(len(figure.plot.to_json()) < 100_000 for figure in figures.values())


def test_the_walk_begins_at_the_first_class_and_stays_on_the_map() -> None:
    machine = runs_of("autoencoder")().figures["map"].machine
    path, low, high = (machine.numbers[name] for name in ("path", "low", "high"))
    assert path.shape == (WALK, 2)
    assert (path >= low - 1e-5).all()
    assert (path <= high + 1e-5).all()
    assert machine.numbers["ink"].shape == (CELLS**2, 64)


def test_at_a_grid_point_the_digit_is_the_decoded_one() -> None:
    *_, last = run(DigitCodesControls(steps=100), "cpu")
    plane = last.plane
    step = (plane.high - plane.low) / (CELLS - 1)
    found = between(plane, plane.low + step * torch.tensor([3.0, 5.0]))
    assert found.numpy() == pytest.approx(inked(plane.decoded)[5 * CELLS + 3], abs=0.01)


def test_the_rows_show_the_first_digit_of_each_class() -> None:
    y = digits()[1].labels
    assert y[first_of_each(y)].tolist() == list(range(10))


def test_the_course_ends_at_the_measured_error() -> None:
    run = runs_of("autoencoder")()
    assert np.asarray(trace(run.figures["error"], "autoencoder").y)[-1] == pytest.approx(run.metrics["held_out_error"])


def test_sixteen_numbers_still_give_a_map() -> None:
    run = runs_of("autoencoder")(code=16)
    assert run.metrics["changed_percent"] < 5
    assert "across it" in run.figures["map"].caption


@pytest.mark.parametrize("latents", [2, 16])
def test_the_bound_is_below_the_likelihood_and_adds_up(latents) -> None:
    metrics = runs_of("variational-autoencoder")(latents=latents).metrics
    assert metrics["gap_nats"] > 0.5
    assert metrics["reconstruction_nats"] - metrics["kl_nats"] == pytest.approx(metrics["bound_nats"], abs=1e-4)


def test_with_a_fitted_gaussian_the_plain_autoencoder_is_no_worse() -> None:
    runs = runs_of("variational-autoencoder")
    plain = runs(objective="none: a plain autoencoder").metrics
    assert plain["fitted_log_likelihood_nats"] > runs().metrics["fitted_log_likelihood_nats"] - 2
    assert plain["fitted_readable_percent"] > runs().metrics["readable_percent"]
    assert plain["classes_of_samples"] < 0.75 * runs().metrics["classes_of_samples"]


def test_the_map_of_two_latents_is_that_of_the_prior() -> None:
    runs = runs_of("variational-autoencoder")
    assert "three standard deviations" in runs().figures["map"].caption
    assert runs().figures["map"].plot.layout.xaxis.range == (-3.0, 3.0)
    assert all(len(figure.plot.to_json()) < 100_000 for figure in runs().figures.values())
