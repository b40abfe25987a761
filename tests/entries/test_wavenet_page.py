"""What the page on WaveNet says beyond its claims."""

import numpy as np
import pytest

from tests.entries.evidence import runs_of


@pytest.mark.parametrize("training", [1, 2, 3])
def test_each_training_learns_or_cannot(training: int) -> None:
    run = runs_of("wavenet")
    for dilations, reach in (("growing", 64), ("shrinking", 64), ("all 1", 7)):
        found = run(dilations=dilations, training=training).metrics
        assert found["receptive_field_samples"] == reach
        assert found["reach_samples"] == (0 if dilations == "all 1" else reach)
        if dilations == "all 1":
            assert found["generated_right_share"] < 0.3
            assert found["loss_nats"] > 2
            assert found["influence_one_period_back_share"] == 0
        else:
            assert found["generated_right_share"] > 0.8
            assert found["loss_nats"] < 0.7


def test_the_largest_gradient_comes_from_one_period_back() -> None:
    for dilations in ("growing", "shrinking"):
        for training in (1, 2, 3):
            plot = runs_of("wavenet")(dilations=dilations, training=training).figures["influence"].plot
            assert plot.data[0].x[np.argmax(plot.data[0].y)] == -40


def test_a_pattern_of_another_period_is_predicted_wrongly_and_with_confidence() -> None:
    found = runs_of("wavenet")(period=48).metrics
    assert found["loss_nats"] > 3
    assert found["influence_40_back_share"] > found["influence_one_period_back_share"]


def test_the_path_leads_one_period_back_where_there_is_one() -> None:
    figures = runs_of("wavenet")(period=24).figures
    path = next(trace for trace in figures["tree"].plot.data if trace.name == "path")
    assert (path.x[0], path.x[-1], len(path.x)) == (0, -24, 8)
    unreached = runs_of("wavenet")(dilations="all 1").figures["tree"].plot
    assert len(next(trace for trace in unreached.data if trace.name == "path").x) == 1


def test_what_is_played_repeats_what_was_generated() -> None:
    sound = runs_of("wavenet")().figures["continuation"].sound
    assert sound.rate == 4000
    np.testing.assert_allclose(sound.samples[-2000:-1880], sound.samples[-1880:-1760])
    assert np.abs(sound.samples).max() == pytest.approx(0.4)
