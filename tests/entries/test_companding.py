"""What the page on μ-law quantisation says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.recurrence.companding.figures import PLAYED
from app.experiments.recurrence.companding.run import crossing
from tests.entries.evidence import runs_of


@pytest.mark.parametrize("seed", range(5))
def test_levels_and_crossing(seed: int) -> None:
    found = runs_of("mu-law-quantization").metrics(seed)({})
    assert found["uniform_levels_used"] == 4
    assert 0.2 < found["levels_used"] / 256 < 0.26
    assert 0.2 < found["crossing_loudness"] < 0.3  # 0.25 at high resolution


def test_what_is_played_has_one_volume_at_any_loudness() -> None:
    for loudness in (0.001, 0.01, 1.0):
        figures = runs_of("mu-law-quantization")(loudness=loudness).figures
        assert np.abs(figures["companded"].sound.samples).max() == pytest.approx(PLAYED, rel=0.1)
        assert figures["uniform"].sound.rate == 8000


def test_the_quiet_ratio_is_that_of_the_run_at_this_loudness() -> None:
    found = runs_of("mu-law-quantization")(loudness=0.01).metrics
    assert found["snr_db"] == pytest.approx(found["quiet_snr_db"], abs=1e-4)
    assert found["uniform_snr_db"] == pytest.approx(found["quiet_uniform_snr_db"], abs=1e-4)


def test_the_crossing_of_lines_that_never_cross() -> None:
    ahead = torch.ones(2, 40)
    ahead[1] = 0
    assert crossing(ahead) == 1
    assert crossing(ahead.flip(0)) == pytest.approx(0.001)


def test_few_levels_and_a_voice_are_drawn() -> None:
    for change in ({"levels": 16, "sound": "voice"}, {"mu": 1, "loudness": 0.001}, {"decoder_mu": 1000}):
        shown = runs_of("mu-law-quantization")(**change)
        assert set(shown.figures) == {"loudness", "companded", "uniform"}
