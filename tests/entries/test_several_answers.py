"""What the page of mixture density networks says beyond its claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of

page = runs_of("mixture-density-network")


def test_the_mixture_is_near_the_truth_and_one_gaussian_is_not() -> None:
    metrics = page().metrics
    assert 0 < metrics["excess_nats"] < 0.25
    assert metrics["gain_nats"] > 0.5
    assert metrics["gaussian_near_a_branch_percent"] < 65


def test_densities_at_an_input_integrate_to_one() -> None:
    run = page(x=0.4)
    for trace in run.figures["densities"].plot.data[:3]:
        step = float(trace.x[1] - trace.x[0])
        total = float(np.sum(np.asarray(trace.y, float)) * step)
        assert total == pytest.approx(1, abs=0.08), trace.name


def test_three_hills_in_the_middle() -> None:
    def hills(trace: object) -> int:
        y = np.asarray(trace.y, float)  # type: ignore[attr-defined]
        inner = y[1:-1]
        return int(((inner > y[:-2]) & (inner > y[2:]) & (inner > 0.3)).sum())

    truth, one, mixture = page().figures["densities"].plot.data[:3]
    assert (hills(truth), hills(one)) == (3, 1)
    assert hills(mixture) >= 3  # a component may add a small one


def test_a_broken_training_is_told_in_words() -> None:
    run = page(likelihood="log of a plain sum", start="means at 0, σ = 0.05")
    assert "no number" in run.figures["answers"].text
    assert run.metrics["finite_steps_percent"] == 0
    assert "nan" not in run.figures["answers"].text + run.figures["loss"].text


def test_a_plain_sum_is_enough_from_spread_means() -> None:
    assert page(likelihood="log of a plain sum").metrics["finite_steps_percent"] == 100
