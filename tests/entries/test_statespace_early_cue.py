"""What the page on state space models says beyond its claims."""

import pytest
import torch

from app.experiments.statespace.early_cue.run import EarlyCueControls, run
from models.statespace.linear_ssm import by_fft
from tests.entries.evidence import runs_of

MEASURE = runs_of("state-space-model").metrics


@pytest.mark.parametrize("seed", range(5))
def test_modes_part_in_training(seed: int) -> None:
    before, after = MEASURE(seed)({"trained": 0}), MEASURE(seed)({})
    assert before["shortest_half_life_steps"] == pytest.approx(23.1, abs=0.1)
    assert before["longest_half_life_steps"] == pytest.approx(23.1, abs=0.1)
    assert after["shortest_half_life_steps"] < 15
    assert after["longest_half_life_steps"] > 1000
    assert 0.35 < before["accuracy"] < 0.65


def test_a_common_mean_decay_breaks_some_trainings_only() -> None:
    found = [MEASURE(seed)({"change": "common mean decay"})["accuracy"] for seed in range(5)]
    assert sum(accuracy > 0.9 for accuracy in found) == 3
    assert min(found) < 0.6


def test_the_sum_is_equal_too_and_the_last_output_never_wraps() -> None:
    assert MEASURE(0)({})["sum_difference_share"] < 1e-4
    wrapped = MEASURE(0)({"form": "without zeros"})
    assert wrapped["last_step_difference_share"] < 1e-4
    assert wrapped["accuracy"] == MEASURE(0)({})["accuracy"]


def test_the_lines_are_what_the_layer_computes() -> None:
    result = run(EarlyCueControls(), "cpu")
    torch.testing.assert_close(result.outputs["FFT"], by_fft(result.shown.u, result.system.kernel[0]))
    assert len(result.half_lives) == 16
