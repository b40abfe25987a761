"""What the page of the restricted Boltzmann machine says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.energy.digit_rbm.pixels import black_and_white, shuffled_across
from app.experiments.energy.digit_rbm.run import UPPER
from models.seeding import generator
from tests.entries.evidence import runs_of

shown = runs_of("restricted-boltzmann-machine")


def test_shuffling_keeps_every_pixels_rate_and_loses_what_goes_together() -> None:
    learn, held_out = black_and_white()
    assert learn.shape == (1500, 64)
    assert held_out.shape == (297, 64)
    mixed = shuffled_across(learn, generator(0))
    torch.testing.assert_close(mixed.mean(0), learn.mean(0))
    together = lambda rows: torch.cov(rows.T).fill_diagonal_(0).abs().sum()
    assert together(mixed) < 0.3 * together(learn)


def test_filling_in_keeps_what_is_given_and_beats_the_commoner_colour_of_each_pixel() -> None:
    learn, held_out = black_and_white()
    rows = np.asarray(shown().figures["filled"].plot.data[0].z)
    assert rows.max() == 100
    guess = (learn.mean(0).round() != held_out)[:, ~UPPER].float().mean().item()
    assert shown().metrics["wrong_pixels_filled_in_percent"] < 100 * guess - 3


def test_lines_are_shares_of_the_same_many_digits() -> None:
    drawn = {trace.name: trace for trace in shown().figures["energies"].plot.data}
    assert sum(drawn["digits"].y) == pytest.approx(100, abs=0.1)
    assert sum(drawn["shuffled"].y) == pytest.approx(100, abs=0.1)
    mean = {name: np.average(trace.x, weights=trace.y) for name, trace in drawn.items()}
    assert mean["shuffled"] - mean["digits"] == pytest.approx(shown().metrics["free_energy_gap"], abs=1)


def test_free_energy_orders_digits_even_where_the_likelihood_is_lost() -> None:
    broken = shown(chains="at noise").metrics
    assert broken["digit_below_shuffled_percent"] > 60
    assert broken["log_likelihood_nats"] < broken["independent_pixels_nats"] - 5


def test_probabilities_in_place_of_samples_cost_less_than_a_nat_here() -> None:
    driven = shown(reconstruction="probabilities").metrics["log_likelihood_nats"]
    assert driven == pytest.approx(shown().metrics["log_likelihood_nats"], abs=1)


def test_tiles_are_as_many_as_hidden_units() -> None:
    for hidden in (8, 12):
        figure = shown(hidden=hidden).figures["weights"].plot
        assert len(figure.frames) == 7
        inked = np.asarray(figure.data[0].z).reshape(17, -1)[:, :53]
        assert (inked[9:17] > 0).any(axis=0).sum() >= 8 * (2 if hidden == 8 else 6)


def test_extremes_are_finite() -> None:
    run = shown(learning_rate=2.0, epochs=30, chains="at noise")
    assert all(np.isfinite(value) for value in run.metrics.values())
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())
