"""What the page on the evidence lower bound says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.generative.bound_gap.encoder_course import PARTS
from app.experiments.generative.bound_gap.run import BoundGapControls, ellipse, run
from tests.entries.evidence import runs_of

runs = runs_of("elbo")


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


@pytest.mark.parametrize("rotation", [45, 90])
def test_a_rotation_leaves_the_likelihood_and_the_gap_is_that_of_the_formula(rotation: int) -> None:
    metrics = runs(rotation=rotation).metrics
    assert abs(metrics["likelihood_change_nats"]) < 1e-3
    assert metrics["optimised_gap_nats"] == pytest.approx(metrics["family_gap_nats"], abs=0.01)


def test_bounds_lie_below_the_likelihood_and_the_bars_show_how_far() -> None:
    metrics, figures = runs(rotation=45).metrics, runs(rotation=45).figures
    assert metrics["log_likelihood_nats"] - metrics["bound_nats"] == pytest.approx(metrics["encoder_gap_nats"])
    assert metrics["encoder_gap_nats"] > metrics["optimised_gap_nats"] > 0
    names = ("encoder_gap_nats", "optimised_gap_nats", "importance_gap_nats")
    assert trace(figures["gaps"], "values").x == pytest.approx([metrics[name] for name in names], abs=1e-4)


def test_the_exact_posterior_tilts_with_the_rotation_and_the_diagonal_ones_do_not() -> None:
    def tilt(rotation: int, name: str) -> float:
        drawn = trace(runs(rotation=rotation).figures["posteriors"], name)
        return abs(np.corrcoef(drawn.x[:-1], drawn.y[:-1])[0, 1])

    assert tilt(45, "exact posterior") > 0.3
    assert max(tilt(45, "optimised per digit"), tilt(0, "exact posterior")) < 0.01


def test_more_samples_bring_the_estimate_closer() -> None:
    line = trace(runs().figures["samples"], "the prior")
    assert (np.diff(line.y) < 0).all()
    assert 2 <= runs().metrics["halving_samples"] <= 16


@pytest.mark.parametrize("change", [{}, {"hidden": 8}, {"samples": 4}])
def test_the_kl_of_the_samples_is_that_of_the_formula_within_its_error(change: dict) -> None:
    metrics = runs(**change).metrics
    assert 0 < metrics["sampled_kl_error_nats"] < 0.1
    assert abs(metrics["sampled_kl_nats"] - metrics["kl_nats"]) < 4 * metrics["sampled_kl_error_nats"]
    drawn = trace(runs(**change).figures["samples"], "from samples")
    assert np.abs(np.asarray(drawn.y) - metrics["sampled_kl_nats"]).min() < 1e-4


def test_an_ellipse_has_the_covariance_it_was_given() -> None:
    covariance = torch.tensor([[2.0, 0.5], [0.5, 1.0]])
    points = ellipse(torch.tensor([1.0, -1.0]), covariance)[:-1]
    torch.testing.assert_close(points.mean(0), torch.tensor([1.0, -1.0]), atol=1e-4, rtol=0)
    torch.testing.assert_close(2 * points.T.cov(correction=0), covariance, atol=1e-4, rtol=0)


def test_before_the_end_the_page_is_whole_and_the_figures_fit_the_wire() -> None:
    first = next(iter(run(BoundGapControls(steps=100, hidden=8), "cpu")))
    assert first.importance == {}
    assert first.part < PARTS
    assert first.optimised_bound.isnan().all()
    assert all(len(figure.plot.to_json()) < 100_000 for figure in runs().figures.values())
