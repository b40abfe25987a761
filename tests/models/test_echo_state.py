"""Reservoirs, the fit on delayed inputs, and the Lorenz system that they predict."""

import math

import pytest
import torch

from models.data.chaotic_series import INTERVAL, LYAPUNOV_EXPONENT, derivative, lorenz, runge_kutta_step
from models.recurrence.delayed_inputs import DelayedInputs, product_features
from models.recurrence.echo_state import (
    EchoStateNetwork,
    effective_matrix,
    largest_singular_value,
    random_reservoir,
    readout,
    reservoir_distances,
    reservoir_update,
    ridge_readout,
    spectral_radius,
)
from models.seeding import generator, normal


def test_one_update_by_hand() -> None:
    x = reservoir_update(
        torch.tensor([0.5, 0.0]), torch.tensor([2.0]), torch.tensor([[0.1, 0.2], [0.0, 1.0]]),
        torch.tensor([[0.0, 1.0], [-1.0, 0.0]]), 0.25,
    )  # fmt: skip
    expected = [0.75 * 0.5 + 0.25 * math.tanh(0.1 + 0.4), 0.25 * math.tanh(2.0 - 0.5)]
    torch.testing.assert_close(x, torch.tensor(expected))


def test_spectral_radius_and_singular_value_of_a_matrix_that_is_not_normal() -> None:
    w = torch.tensor([[0.5, 10.0], [0.0, -0.25]])
    assert spectral_radius(w).item() == pytest.approx(0.5)
    assert largest_singular_value(w).item() > 10
    assert spectral_radius(effective_matrix(w, 0.5)).item() == pytest.approx(0.75)


def test_the_reservoir_has_the_radius_that_was_asked_for() -> None:
    network = EchoStateNetwork(50, 3, 0.7, 1.0, 0.5, 0.3, seed=4)
    assert spectral_radius(network.w).item() == pytest.approx(0.7, rel=1e-4)
    assert 0.05 < (network.w != 0).float().mean() < 0.15
    assert network.w_in[:, 0].abs().max() <= 0.5
    assert network.w_in[:, 1:].abs().max() <= 0.3


def test_without_a_bias_the_opposite_input_gives_the_opposite_state() -> None:
    u = normal(20, 3, seed=0)
    for bias, odd in ((0.0, True), (0.5, False)):
        network = EchoStateNetwork(30, 3, 0.9, 0.6, bias, 1.0, seed=1)
        assert torch.allclose(network(u)[1], -network(-u)[1], atol=1e-5) == odd


def test_the_readout_recovers_a_linear_map_of_its_features() -> None:
    features, truth = normal(200, 9, seed=0), normal(2, 9, seed=1)
    torch.testing.assert_close(ridge_readout(features, features @ truth.T, 1e-9), truth, atol=1e-5, rtol=1e-4)
    u, x, w_out = normal(4, 3, seed=2), normal(4, 5, seed=3), normal(3, 9, seed=4)
    expected = w_out[:, 0] + u @ w_out[:, 1:4].T + x @ w_out[:, 4:].T
    torch.testing.assert_close(readout(u, x, w_out), expected)


def test_continuing_is_reading_and_updating_in_turn() -> None:
    u = lorenz(300, generator(0))
    network = EchoStateNetwork(40, 3, 0.8, 0.9, 0.5, 0.3, seed=0)
    _, states = network(u)
    network.fit(u[50:-1], u[51:], states[50:-1], 1e-6)
    predicted, read_from = network.continued(u[100:102], states[100:102], 5)
    assert predicted.shape == (5, 2, 3)
    torch.testing.assert_close(read_from[0], states[100:102])
    torch.testing.assert_close(predicted[0], readout(u[100:102], states[100:102], network.w_out))
    later = reservoir_update(states[100], predicted[0, 0], network.w_in, network.w, 0.9)
    torch.testing.assert_close(read_from[1, 0], later)
    assert (predicted[0] - u[101:103]).abs().max() < 0.05


def test_distances_are_those_of_two_states_carried_along_one_by_one() -> None:
    draws = generator(0)
    w = torch.stack([random_reservoir(9, 0.5, draws) for _ in range(3)])
    w_in, u, starts = normal(3, 9, seed=1), normal(2, 12, seed=2), normal(2, 3, 9, seed=3)
    found = reservoir_distances(starts, u, w_in, w, 0.7)
    assert found.shape == (2, 13, 3)
    for k, r in ((0, 2), (1, 0)):
        a, b = starts[:, r]
        for step in u[k]:
            column = torch.stack([torch.zeros(9), w_in[r]], dim=1)
            a, b = (reservoir_update(x, step[None], column, w[r], 0.7) for x in (a, b))
        torch.testing.assert_close(found[k, -1, r], (a - b).norm(), atol=1e-5, rtol=1e-4)


def test_scaled_by_the_largest_singular_value_no_step_grows() -> None:
    draws = generator(5)
    w = torch.stack([random_reservoir(30, 0.3, draws) for _ in range(8)])
    w = w * (0.95 / largest_singular_value(w))[:, None, None]
    found = reservoir_distances(normal(2, 8, 30, seed=6), normal(2, 40, seed=7), normal(8, 30, seed=8), w, 1.0)
    assert (found[:, 1:] <= 0.95 * found[:, :-1] + 1e-6).all()


def test_delayed_inputs_recover_a_recurrence_with_products() -> None:
    x = [0.3]
    for _ in range(80):
        x.append(3.8 * x[-1] * (1 - x[-1]))  # the logistic map
    u = torch.tensor(x)[:, None]
    fit = DelayedInputs(1, True, u[:60], u[1:61], 1e-9)
    assert product_features(torch.tensor([[2.0]])).tolist() == [1.0, 2.0, 4.0]
    torch.testing.assert_close(fit.w_out, torch.tensor([[0.0, 3.8, -3.8]]), atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(fit.continued(u[60:61][None], 4)[:, 0], u[61:65], atol=1e-2, rtol=1e-2)
    assert DelayedInputs(3, False, u[:60], u[1:61], 1e-9).w_out.shape == (1, 4)


def test_lorenz() -> None:
    assert derivative((1.0, 2.0, 3.0)) == pytest.approx((10.0, 23.0, -6.0))
    once, twice = runge_kutta_step((1.0, 2.0, 3.0), 0.01), (1.0, 2.0, 3.0)
    for _ in range(2):
        twice = runge_kutta_step(twice, 0.005)
    assert once == pytest.approx(twice, abs=1e-6)
    values = lorenz(2000, generator(3))
    torch.testing.assert_close(values.mean(dim=0), torch.zeros(3), atol=1e-3, rtol=0)
    torch.testing.assert_close(values.std(dim=0), torch.ones(3), atol=1e-3, rtol=0)


def test_the_lyapunov_exponent_is_that_of_the_series() -> None:
    """A small error is followed and made small again after every step; the mean logarithm of its growth is Λ h."""
    s, grown, steps = (1.0, 1.0, 20.0), 0.0, 40_000
    for _ in range(1000):
        s = runge_kutta_step(s, INTERVAL)
    near = (s[0] + 1e-7, s[1], s[2])
    for _ in range(steps):
        s, near = runge_kutta_step(s, INTERVAL), runge_kutta_step(near, INTERVAL)
        gap = math.dist(s, near)
        grown += math.log(gap / 1e-7)
        near = tuple(a + (b - a) * 1e-7 / gap for a, b in zip(s, near, strict=True))
    assert grown / (steps * INTERVAL) == pytest.approx(LYAPUNOV_EXPONENT, abs=0.03)
