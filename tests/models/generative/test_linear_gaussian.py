"""The linear-Gaussian decoder: values by hand, invariants of bound and rotation, gradients, shape comments."""

import math

import pytest
import torch

from models.generative import linear_gaussian
from models.generative.linear_gaussian import (
    Encoder,
    LinearGaussian,
    Posterior,
    bound,
    family_gap,
    fitted,
    importance_bound,
    log_likelihood,
    log_weights,
    optimised,
    paired_rotation,
    posterior_mean,
    precision,
    rotated,
    sampled_kl,
)
from models.generative.vae import gaussian_kl
from models.seeding import normal, seeded
from tests.shape_comments import shapes_checked


def decoder(latents: int = 3) -> LinearGaussian:
    return LinearGaussian(normal(7, latents, seed=0), normal(7, seed=1), torch.tensor(0.5))


def test_values_by_hand() -> None:
    """W = 1, b = 0, s² = 1: p(x) = N(0, 2), and the posterior of x = 2 is N(1, ½)."""
    model = LinearGaussian(torch.ones(1, 1), torch.zeros(1), torch.tensor(1.0))
    x = torch.tensor([[2.0]])
    assert log_likelihood(model, x).item() == pytest.approx(-1 - 0.5 * math.log(4 * math.pi))
    assert posterior_mean(model, x).item() == pytest.approx(1)
    exact = Posterior(torch.ones(1, 1), torch.full((1, 1), -math.log(2)))
    assert bound(model, x, exact).item() == pytest.approx(log_likelihood(model, x).item())
    prior = Posterior(torch.zeros(1, 1), torch.zeros(1, 1))
    assert bound(model, x, prior).item() == pytest.approx(-2.5 - 0.5 * math.log(2 * math.pi))


def test_the_gap_is_the_kl_to_the_exact_posterior() -> None:
    model, x = decoder(), normal(5, 7, seed=2)
    q = Posterior(normal(5, 3, seed=3), normal(5, 3, seed=4))
    exact = torch.distributions.MultivariateNormal(posterior_mean(model, x), precision_matrix=precision(model))
    ours = torch.distributions.MultivariateNormal(q.mean, q.log_variance.exp().diag_embed())
    gap = log_likelihood(model, x) - bound(model, x, q)
    torch.testing.assert_close(gap, torch.distributions.kl_divergence(ours, exact), rtol=1e-3, atol=1e-3)


def test_the_best_diagonal_posterior_leaves_the_gap_of_the_formula() -> None:
    model, x = decoder(), normal(5, 7, seed=2)
    start = Posterior(torch.zeros(5, 3), torch.zeros(5, 3))
    found = optimised(model, x, start, 1200)
    gap = log_likelihood(model, x) - bound(model, x, found)
    torch.testing.assert_close(gap, family_gap(model).expand(5), atol=5e-3, rtol=0)
    torch.testing.assert_close(found.mean, posterior_mean(model, x), atol=0.02, rtol=0)
    assert not start.mean.any(), "the start is not written to"


def test_a_rotation_changes_latents_and_no_likelihood() -> None:
    model, x = decoder(5), normal(5, 7, seed=2)
    R = paired_rotation(5, 30)
    torch.testing.assert_close(R @ R.T, torch.eye(5))
    turned = rotated(model, R)
    torch.testing.assert_close(log_likelihood(turned, x), log_likelihood(model, x), rtol=1e-4, atol=1e-4)
    assert (family_gap(turned) - family_gap(model)).abs() > 0.01
    exchanged = rotated(model, paired_rotation(5, 90))
    torch.testing.assert_close(family_gap(exchanged), family_gap(model), rtol=1e-4, atol=1e-4)


def test_weights_of_the_exact_posterior_are_all_the_likelihood() -> None:
    x = normal(40, 7, seed=5) @ normal(7, 7, seed=6)
    model = fitted(x, 3)
    q = Posterior(posterior_mean(model, x), -precision(model).diagonal().log().expand(40, 3))
    weights = log_weights(model, x, q, normal(4, 40, 3, seed=7))
    torch.testing.assert_close(weights, log_likelihood(model, x).expand(4, 40), rtol=1e-3, atol=5e-3)
    torch.testing.assert_close(importance_bound(weights), log_likelihood(model, x), rtol=1e-3, atol=5e-3)
    torch.testing.assert_close(importance_bound(torch.tensor([[0.0], [math.log(3)]])), torch.tensor([math.log(2)]))


def test_gradients_reach_every_weight_of_the_encoder() -> None:
    encoder = seeded(lambda: Encoder(7, 5, 3), 0)
    x = normal(6, 7, seed=8)
    bound(decoder(), x, encoder(x)).sum().backward()
    assert all(each.grad.abs().sum() > 0 for each in encoder.parameters())


def test_shape_comments() -> None:
    with shapes_checked(linear_gaussian, B=9, P=7, Z=3, S=4, F=5) as watch:
        x = normal(9, 7, seed=9)
        model = fitted(x, 3)
        q = seeded(lambda: Encoder(7, 5, 3), 0)(x)
        log_likelihood(model, x)
        bound(model, x, q)
        log_weights(model, x, q, normal(4, 9, 3, seed=10))
        sampled_kl(q, normal(4, 9, 3, seed=10))
    assert watch.reached
    assert not watch.unreached()


def test_the_sampled_kl_is_that_of_the_formula_on_average_and_zero_at_the_prior() -> None:
    q = Posterior(normal(2, 3, seed=4), 0.5 * normal(2, 3, seed=5))
    found = sampled_kl(q, normal(20_000, 2, 3, seed=6))
    assert (found.mean(0) - gaussian_kl(*q)).abs().max() < 4 * (found.std(0) / 20_000**0.5).max()
    prior = Posterior(torch.zeros(2, 3), torch.zeros(2, 3))
    assert sampled_kl(prior, normal(5, 2, 3, seed=7)).abs().max() < 1e-6
