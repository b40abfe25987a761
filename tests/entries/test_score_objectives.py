"""What the page of score matching says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.generative.score_objectives.run import DEVIATIONS, lowest, over_spread
from tests.entries.evidence import runs_of

shown = runs_of("score-matching")


def traces(key: str, **change: object) -> dict:
    return {trace.name: trace for trace in shown(**change).figures[key].plot.data}


def test_three_objectives_find_the_datas_deviation_and_denoising_that_of_noisy_data() -> None:
    drawn = traces("objectives")
    for kind in ("explicit", "implicit", "sliced, Gaussian"):
        assert lowest(torch.tensor(drawn[kind].y)) == pytest.approx(0.5, abs=0.06)
    assert lowest(torch.tensor(drawn["denoising"].y)) == pytest.approx(0.34**0.5, abs=0.06)


def test_the_gap_between_weights_closes_with_distance_for_score_matching_only() -> None:
    drawn = traces("weights")
    score, likelihood = np.asarray(drawn["score matching"].y), np.asarray(drawn["log-likelihood"].y)
    assert score[0] > 5
    assert score[-1] < 1
    assert (likelihood > 8).all()


def test_denoising_finds_the_deviation_of_noisy_data_at_every_noise() -> None:
    drawn = traces("denoising")
    found, formula = np.asarray(drawn["found"].y), np.asarray(drawn["deviation of the noisy data"].y)
    np.testing.assert_allclose(found, formula, rtol=0.15)


def test_more_slices_narrow_the_trace_term_and_random_signs_are_exact_here() -> None:
    one, four = shown().metrics, shown(slices=4).metrics
    assert four["spread_with_gaussian_slices"] == pytest.approx(one["spread_with_gaussian_slices"] / 2, rel=0.4)
    assert one["spread_with_signs"] < 0.01 * one["spread_with_gaussian_slices"]


def test_the_lowest_point_lies_between_the_tried_ones() -> None:
    assert lowest((DEVIATIONS - 0.517) ** 2) == pytest.approx(0.517, abs=1e-4)
    assert lowest(DEVIATIONS) == pytest.approx(0.2)
    assert over_spread(torch.zeros(5)) == 0
