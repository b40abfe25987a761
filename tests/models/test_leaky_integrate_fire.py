"""The leaky integrate-and-fire neuron: by hand, against the closed rate, and its resets."""

import math

import pytest
import torch

from models.spiking.altered_resets import late_reset, mistaken_reset
from models.spiking.leaky_integrate_fire import (
    LeakyIntegrateFire,
    charge,
    decay,
    fire,
    firing_rate,
    hard_reset,
    mean_rate,
    soft_reset,
)
from tests.shape_comments import check_fields


def test_by_hand() -> None:
    neuron = LeakyIntegrateFire(1 / math.log(2), 1.0)  # β = 1/2
    _, trace = neuron(torch.full((6,), 1.5, dtype=torch.double))
    expected = torch.tensor([0.75, 1.125, 0.8125, 1.15625, 0.828125, 1.1640625], dtype=torch.double)
    torch.testing.assert_close(trace.voltage, expected)
    assert trace.spikes.tolist() == [0, 1, 0, 1, 0, 1]
    assert check_fields(trace, T=6) == 2


@pytest.mark.parametrize(
    ("reset", "expected"),
    [(soft_reset, 0.5 * 0.3), (hard_reset, 0.0), (late_reset, 0.65 - 1), (mistaken_reset, 0.65)],
)
def test_what_a_spike_at_threshold_1_leaves(reset, expected) -> None:
    v, one = torch.tensor(1.3), torch.tensor(1.0)
    assert reset(v, one, 1.0, 0.5).item() == pytest.approx(expected)
    silent = 0.5 * 1.3 + (1 if reset is mistaken_reset else 0)
    assert reset(v, 0 * one, 1.0, 0.5).item() == pytest.approx(silent)


def test_charging_is_exact_for_a_constant_current_whatever_the_step() -> None:
    for step in (0.1, 1.0, 5.0):
        v = torch.tensor(0.0, dtype=torch.double)
        for _ in range(round(20 / step)):
            v = charge(decay(step, 7.0) * v, torch.tensor(0.9, dtype=torch.double), decay(step, 7.0))
        assert v.item() == pytest.approx(0.9 * (1 - math.exp(-20 / 7)))


def test_a_current_up_to_the_threshold_never_fires_and_its_rate_is_zero() -> None:
    current = torch.tensor([0.0, 0.5, 0.999, 1.0], dtype=torch.double)
    spikes, _ = LeakyIntegrateFire(20, 0.5)(current[:, None].expand(-1, 800))
    assert spikes[:3].sum() == 0
    assert firing_rate(current, 1.0, 20.0).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("reset", [soft_reset, hard_reset])
def test_the_counted_rate_comes_to_the_formula_as_the_step_shrinks(reset) -> None:
    current = torch.tensor([1.3, 1.9, 3.1], dtype=torch.double)
    expected, gaps = firing_rate(current, 1.0, 20.0), []
    for step in (1.0, 0.1):
        spikes, _ = LeakyIntegrateFire(20, step, carry=reset)(current[:, None].expand(-1, round(200 / step)))
        gaps.append(((mean_rate(spikes, step) - expected).abs() / expected).max().item())
    assert gaps[1] < 0.25 * gaps[0]
    assert gaps[1] < 0.02


def test_mean_rate_counts_intervals() -> None:
    spikes = torch.tensor([[0, 1, 0, 1, 0, 1.0], [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0]])
    assert mean_rate(spikes, 0.5).tolist() == [1.0, 0.0, 0.0]


def test_threshold_itself_fires() -> None:
    assert fire(torch.tensor([0.99, 1.0, 1.01]), 1.0).tolist() == [0, 1, 1]
