"""What the page of contrastive divergence says beyond its claims."""

import numpy as np
import pytest

from app.experiments.energy.gradient_bias.run import KS, estimates
from app.experiments.energy.gradient_bias.trainings import LONGEST, beginnings, exactly_trained, images, likelihood
from models.energy.boltzmann import frequencies, state_number
from models.energy.contrastive_divergence import Parameters, chain, contrast
from models.energy.exact_gradient import flat
from models.seeding import generator
from tests.entries.evidence import runs_of

shown = runs_of("contrastive-divergence")
STARTS = ("at the data", "at the data, one pixel flipped", "at noise")


@pytest.mark.parametrize("start", STARTS)
def test_sampled_starts_are_distributed_as_the_listed_ones(start: str) -> None:
    expected = beginnings(start)
    assert expected.sum().item() == pytest.approx(1, abs=1e-5)
    sampled = beginnings(start, generator(0), images().repeat(2000, 1))
    assert (frequencies(state_number(sampled), 512) - expected).abs().max() < 0.01


def test_the_mean_of_many_sampled_gradients_is_the_listed_one() -> None:
    theta, k = exactly_trained(0, 300), 3
    _, found = estimates(0, 300, "at the data", "samples")
    first = Parameters(*(part[0] for part in theta))
    data = images().repeat(3000, 1)
    sampled = contrast(data, chain(data, first, k, generator(1)), first)
    assert (flat(sampled) - flat(found[k - 1])[0]).abs().max() < 0.01


def test_the_bias_is_small_before_training_and_grows_with_it() -> None:
    biases = [shown(trained=steps).metrics["bias_at_10"] for steps in (0, 100, 300, 600)]
    assert biases[0] < 0.01
    assert biases == sorted(biases)
    assert biases[-1] > 0.3
    assert shown(trained=0).metrics["steps_to_a_tenth"] == 1
    assert shown().metrics["bias_at_10"] > 0.45 * shown().metrics["bias_at_1"]


def test_more_chains_change_the_training_and_not_the_bias() -> None:
    more = shown(copies=10).metrics
    assert more["bias_at_k"] == shown().metrics["bias_at_k"]
    assert more["log_likelihood_nats"] != shown().metrics["log_likelihood_nats"]


def test_a_longer_chain_points_and_learns_better() -> None:
    long = shown(k=10).metrics
    assert long["cosine_to_exact"] > shown().metrics["cosine_to_exact"] + 0.1
    assert long["log_likelihood_nats"] > shown().metrics["log_likelihood_nats"] + 0.2


def test_chains_from_noise_learn_first_and_lose_it_then() -> None:
    course = np.asarray(next(t for t in shown(start="at noise").figures["learned"].plot.data if t.name == "CD").y)
    assert course.max() > course[0] + 1
    assert course[-1] < course.max() - 1


def test_exact_training_climbs_towards_the_best_possible() -> None:
    courses = [likelihood(exactly_trained(0, steps)).mean().item() for steps in (0, 100, 300, 600)]
    assert courses == sorted(courses)
    assert courses[-1] < -np.log(14)


def test_lines_are_the_metrics() -> None:
    run = shown(start="at noise")
    drawn = {trace.name: trace for trace in run.figures["bias"].plot.data}
    assert list(drawn["these chains"].y) == pytest.approx([run.metrics[f"bias_at_{k}"] for k in KS], rel=1e-4)
    assert list(drawn["from the data"].y) == pytest.approx([shown().metrics[f"bias_at_{k}"] for k in KS], rel=1e-4)
    assert KS[-1] == LONGEST


@pytest.mark.parametrize("change", [{"units": "probabilities", "start": "at noise"}, {"k": 10, "copies": 1}])
def test_extremes_are_finite(change: dict) -> None:
    run = shown(**change)
    assert all(np.isfinite(value) for value in run.metrics.values())
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())
