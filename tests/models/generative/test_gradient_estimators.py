"""Estimators of a gradient: on an objective that is known in closed form, and their shape comments."""

import math

import pytest
import torch

from models.generative import gradient_estimators as g
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked

N, Z = 400_000, 2


def test_the_shapes_are_those_of_the_comments() -> None:
    with shapes_checked(g, N=7, Z=3):
        value, slope = g.slopes(lambda z: g.sine(z, 2.0), normal(7, 3, seed=0))
        assert g.score_function(value, normal(7, 3, seed=1), 1.0).shape == slope.shape


def test_both_are_unbiased_and_vary_as_the_closed_form_says() -> None:
    mu, sigma, omega = torch.tensor([0.3, -0.8]), 0.7, 1.5
    noise = torch.randn(N, Z, generator=generator(0))
    value, slope = g.slopes(lambda z: g.sine(z, omega), mu + sigma * noise)
    through = g.pathwise(slope)
    score = g.score_function(value, noise, sigma, g.best_baseline(value, noise))
    exact = g.sine_gradient(mu, sigma, omega)
    assert torch.allclose(through.mean(0), exact, atol=0.01)
    assert torch.allclose(score.mean(0), exact, atol=0.02)
    second = omega**2 * (1 + math.exp(-2 * (omega * sigma) ** 2) * (2 * omega * mu).cos()) / 2  # E[ω² cos²]
    assert g.total_variance(through).item() == pytest.approx((second - exact**2).sum().item(), rel=0.01)


def test_no_other_constant_has_a_smaller_variance_than_the_best_baseline() -> None:
    noise = torch.randn(N, 1, generator=generator(1))
    value = 5 + noise[:, 0] ** 3
    best = g.best_baseline(value, noise)
    least = g.total_variance(g.score_function(value, noise, 1.0, best))
    assert all(g.total_variance(g.score_function(value, noise, 1.0, best + off)) > least for off in (-0.5, 0.5))


def test_slopes_are_found_within_inference_mode_too() -> None:
    with torch.no_grad():
        _, slope = g.slopes(lambda z: z.square().sum(-1), torch.tensor([[1.0, 2.0]]))
    assert slope.tolist() == [[2.0, 4.0]]
