"""What the pages on reservoirs say beyond their claims."""

import pytest
import torch

from app.experiments.recurrence.reservoir.run import TOO_FAR, ReservoirControls, run, valid_times
from app.experiments.recurrence.two_starts.run import TWO_UNITS
from models.data.chaotic_series import INTERVAL, LYAPUNOV_EXPONENT
from models.recurrence.echo_state import largest_singular_value, spectral_radius
from tests.entries.evidence import runs_of


def test_a_prediction_is_valid_until_its_first_large_error() -> None:
    truth = torch.ones(50, 2, 3)
    predicted = truth.clone()
    predicted[7, 0] += 1.1 * TOO_FAR
    predicted[9, 1] += torch.nan
    step = INTERVAL * LYAPUNOV_EXPONENT
    torch.testing.assert_close(valid_times(predicted, truth), torch.tensor([7 * step, 9 * step]))


@pytest.mark.parametrize("seed", range(3))
def test_without_a_bias_the_error_one_step_ahead_is_larger(seed: int) -> None:
    error = lambda **change: runs_of("echo-state-network").metrics(seed)(change)["one_step_error_deviations"]
    assert 1.2 < error(bias=0) / error() < 4


@pytest.mark.parametrize("seed", range(3))
def test_a_radius_of_one_and_a_half_is_worse(seed: int) -> None:
    valid = lambda **change: runs_of("echo-state-network").metrics(seed)(change)["valid_time_lyapunov_times"]
    assert valid(radius=1.5) < 0.5 * valid()


def test_a_network_that_diverges_is_drawn() -> None:
    shown = runs_of("echo-state-network")(activation="linear", radius=2, units=20)
    assert shown.metrics["valid_time_lyapunov_times"] < 1
    assert set(shown.figures) == {"prediction", "valid_times", "states"}


def test_what_is_predicted_comes_from_states_behind_true_inputs() -> None:
    result = run(ReservoirControls(), "cpu")
    assert (result.predicted[0] - result.truth[0]).abs().max() < 0.01
    assert result.predicted.shape == result.truth.shape == result.delayed.shape == result.products.shape


def test_the_two_units() -> None:
    assert spectral_radius(TWO_UNITS).item() == pytest.approx(0.894, abs=1e-3)
    assert largest_singular_value(TWO_UNITS).item() == pytest.approx(5.9, abs=0.05)
    for start, stays in (([0.1, 0.1], False), ([0.2, 0.2], True), ([-0.6, 0.8], True)):
        x = torch.tensor(start)
        for _ in range(500):
            x = (TWO_UNITS @ x).tanh()
        assert (x.norm() > 1).item() == stays
        torch.testing.assert_close((TWO_UNITS @ x).tanh(), x, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", range(3))
def test_scaled_by_the_singular_value_no_step_grows(seed: int) -> None:
    measure = runs_of("echo-state-property").metrics(seed)
    assert measure({"scaled": "largest singular value", "size": 0.95})["largest_growth_per_step"] <= 0.95
    assert 1.6 < measure({})["largest_singular_value"] / 1.2 < 2.2
