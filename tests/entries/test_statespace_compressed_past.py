"""What the page on HiPPO says beyond its claims."""

import pytest

from app.claims import verdict
from tests.entries.evidence import runs_of

MEASURE = runs_of("hippo").metrics


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_matrices(seed: int) -> None:
    found = MEASURE(seed)({})
    assert found["window_error"] < found["scaled_error"] < found["rotation_error"] * 1.5 < found["random_error"]
    assert found["other_basis_error"] < 0.01
    assert found["own_over_fitted"] > 3


def test_rough_signals_are_kept_by_none() -> None:
    found = MEASURE(0)({"cycles": 8})
    assert min(value for name, value in found.items() if name.endswith("_error")) > 0.3


def test_without_noise_poor_matrices_seem_better() -> None:
    assert MEASURE(0)({"noise": 0.0})["rotation_error"] < 0.3 * MEASURE(0)({})["rotation_error"]


def test_any_size_and_noise_is_drawn() -> None:
    for change in ({"size": 32, "cycles": 1}, {"size": 4, "cycles": 16, "noise": 0.1}, {"system": "Fourier"}):
        shown = runs_of("hippo")(**change)
        assert 0 < shown.metrics["error"] < 1.2
        assert set(shown.figures) == {"rebuilt", "errors", "memory"}


def test_how_many_numbers_are_enough_is_not_asked_of_another_matrix() -> None:
    claims = runs_of("hippo").entry.live.claims
    metrics = MEASURE(0)({"system": "random stable"})
    assert [verdict(claim, metrics) for claim in claims] == ["failed", "held"]
