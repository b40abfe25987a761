"""What the page of the noise-prediction objective says beyond its claims."""

import numpy as np
import pytest

from app.experiments.generative.noise_objective.run import STEPS_TESTED
from tests.entries.evidence import runs_of

shown = runs_of("diffusion-training-objective")


def traces(key: str, **change: object) -> dict:
    return {trace.name: trace for trace in shown(**change).figures[key].plot.data}


def test_the_floor_falls_from_near_one_to_zero_and_the_loss_stands_on_it() -> None:
    floor, loss = (np.asarray(traces("loss")[name].y) for name in ("floor", "loss"))
    assert floor[0] > 0.85
    assert floor[-1] < 0.001
    assert (loss >= floor - 1e-6).all()
    assert len(floor) == len(STEPS_TESTED)


def test_the_loss_falls_over_the_frames() -> None:
    frames = shown().figures["loss"].plot.frames
    assert [frame.name for frame in frames] == [str(100 * part) for part in range(11)]
    losses = [np.asarray(frame._props["data"][0]["y"]).mean() for frame in frames]
    assert losses[-1] < 0.6 * losses[0]


def test_training_longer_lowers_the_peak_and_leaves_it_in_the_middle() -> None:
    longer = shown(training=2000).metrics
    assert longer["highest_excess"] < shown().metrics["highest_excess"]
    assert 2 < longer["step_of_highest_excess"] < 20
    assert 2 < shown().metrics["step_of_highest_excess"] < 20


def test_dots_spread_less_than_the_noise_at_the_cleanest_step() -> None:
    drawn = traces("dots", at=1)
    true, best = np.asarray(drawn["best possible"].x), np.asarray(drawn["best possible"].y)
    assert best.std() < 0.5 * true.std()
    late = traces("dots", at=100)["learned"]
    assert np.corrcoef(late.x, late.y)[0, 1] > 0.99


def test_both_weightings_come_about_as_close() -> None:
    bound = shown(weighting="of the bound").metrics["mean_excess"]
    assert bound == pytest.approx(shown().metrics["mean_excess"], abs=0.06)
