"""Networks with distributions over weights, against closed forms, invariants and sums by hand."""

import math

import pytest
import torch

from models.bayesian import curve_network, hmc, linear_posterior, mc_dropout, mean_field
from models.data.noisy_curve import NOISE, curve, noisy_points
from models.seeding import generator, normal, unfilled
from models.training import posterior_draws


def linear_problem(P: int = 9, K: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    Phi = normal(P, K, seed=0)
    return Phi, Phi @ torch.tensor([1.0, -2.0, 0.5]) + 0.3 * normal(P, seed=1)


def test_points_lie_in_their_stretches_around_the_curve() -> None:
    x, y = noisy_points(4000, [(-2.0, -1.0), (0.5, 1.0)], generator(0))
    assert ((x[:2000] >= -2) & (x[:2000] <= -1)).all()
    assert ((x[2000:] >= 0.5) & (x[2000:] <= 1)).all()
    assert (y - curve(x)).std().item() == pytest.approx(NOISE, rel=0.05)
    with pytest.raises(ValueError, match="multiples of 2"):
        noisy_points(3, [(0, 1), (2, 3)], generator(0))


def test_network_by_hand() -> None:
    theta = torch.tensor([2.0, -1.0, 0.5, 1.0, 3.0, -2.0, 0.25])  # w, b, v of two units, then c
    x = torch.tensor([1.0, -0.5])
    expected = [3 * 2.5 - 2 * 0 + 0.25, 3 * 0 - 2 * 1.5 + 0.25]
    assert curve_network.output(theta, x, torch.relu).tolist() == pytest.approx(expected)
    assert curve_network.prior_scales(4).tolist() == pytest.approx([2.0] * 8 + [0.75] * 4 + [1.0])
    assert curve_network.data_cost(torch.tensor([1.0, 2.0]), torch.tensor([1.5, 2.0]), 0.5).item() == 0.5
    assert curve_network.prior_cost(torch.tensor([2.0, 3.0]), torch.tensor([1.0, 3.0])).item() == 2.5


def test_posterior_of_one_weight_by_hand() -> None:
    mean, A = linear_posterior.posterior(torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 3.0]), 0.5, 2.0)
    assert A.item() == pytest.approx(5 / 0.25 + 0.25)
    assert mean.item() == pytest.approx(7 / 0.25 / 20.25)
    assert linear_posterior.band(torch.tensor([[3.0]]), A).item() == pytest.approx(3 / math.sqrt(20.25))


def test_posterior_is_where_the_slope_vanishes_and_draws_have_its_covariance() -> None:
    Phi, y = linear_problem()
    found = linear_posterior.posterior(Phi, y, 0.3, 1.5)
    mean = found.mean.clone().requires_grad_()
    cost = curve_network.data_cost(Phi @ mean, y, 0.3) + curve_network.prior_cost(mean, torch.full((3,), 1.5))
    cost.backward()
    assert mean.grad.abs().max() < 1e-3
    draws = linear_posterior.drawn(found, 60_000, generator(2))
    torch.testing.assert_close(draws.mean(0), found.mean, atol=0.005, rtol=0)
    torch.testing.assert_close(torch.cov(draws.T), torch.linalg.inv(found.precision), atol=3e-4, rtol=0.05)


def test_leapfrog_goes_back_where_it_came_from_and_keeps_its_energy() -> None:
    energy = lambda q: (q**4).sum(-1) / 4 + q.square().sum(-1)
    q, p = normal(5, 3, seed=0), normal(5, 3, seed=1)
    epsilon = torch.full((5, 1), 0.01)
    U, g = hmc.slope(energy, q)
    q2, p2, U2, g2 = hmc.leapfrog(energy, q, p, g, epsilon, 50)
    back, p3, _, _ = hmc.leapfrog(energy, q2, -p2, g2, epsilon, 50)
    torch.testing.assert_close(back, q, atol=1e-4, rtol=0)
    torch.testing.assert_close(-p3, p, atol=1e-4, rtol=0)
    assert (U + p.square().sum(-1) / 2 - U2 - p2.square().sum(-1) / 2).abs().max() < 0.01
    assert hmc.acceptance(U, p, U, p).tolist() == pytest.approx([1] * 5)
    assert hmc.acceptance(U, p, U + math.inf, p).tolist() == [0] * 5


def test_sampling_finds_the_exact_posterior_of_a_linear_model() -> None:
    Phi, y = linear_problem()
    s = torch.full((3,), 1.5)
    energy = lambda q: curve_network.data_cost(q @ Phi.T, y, 0.3) + curve_network.prior_cost(q, s)
    draws = generator(3)
    found = hmc.sampled(
        energy, torch.randn(64, 3, generator=draws), draws, rounds=150, warm_up=60, steps=8, epsilon=0.05
    )
    exact = linear_posterior.posterior(Phi, y, 0.3, 1.5)
    flat = found.states.flatten(0, 1)
    covariance = torch.linalg.inv(exact.precision)
    assert ((flat.mean(0) - exact.mean) / covariance.diag().sqrt()).abs().max() < 0.06
    torch.testing.assert_close(flat.std(0), covariance.diag().sqrt(), rtol=0.06, atol=0)
    assert hmc.shrink_factor(found.states).max() < 1.02
    assert 0.6 < found.accepted <= 1


def test_shrink_factor_sees_chains_that_disagree() -> None:
    apart = normal(200, 4, seed=0) + 3 * torch.arange(4)
    assert hmc.shrink_factor(apart) > 2


def test_divergence_is_torchs_and_zero_at_the_prior() -> None:
    mu, sigma, s = normal(2, 5, seed=0), normal(2, 5, seed=1).exp(), normal(5, seed=2).exp()
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(mu, sigma), torch.distributions.Normal(torch.zeros(5), s)
    )
    torch.testing.assert_close(mean_field.divergence(mu, sigma, s), expected.sum(-1))
    assert mean_field.divergence(torch.zeros(5), s, s).abs().item() < 1e-6


def test_mean_field_on_a_linear_model_has_the_exact_mean_and_the_diagonal_of_the_precision() -> None:
    """The known answer: μ is the exact mean, 1/σ² the diagonal of A, so no width exceeds the exact one."""
    Phi, y = linear_problem()
    exact = linear_posterior.posterior(Phi, y, 0.3, 1.5)
    mu, rho = torch.zeros(1, 3, requires_grad=True), torch.zeros(1, 3, requires_grad=True)
    optimizer = torch.optim.Adam([mu, rho], 0.05)
    s = torch.full((3,), 1.5)
    for _ in range(600):
        sigma = mean_field.width(rho)
        expected = curve_network.data_cost(mu @ Phi.T, y, 0.3) + (sigma.square() @ Phi.square().T).sum(-1) / (2 * 0.09)
        optimizer.zero_grad()
        mean_field.minibatch_cost(expected, mean_field.divergence(mu, sigma, s), 1.0).sum().backward()
        optimizer.step()
    torch.testing.assert_close(mu[0].detach(), exact.mean, atol=2e-3, rtol=0)
    sigma = mean_field.width(rho)[0].detach()
    torch.testing.assert_close(sigma, exact.precision.diag().rsqrt(), rtol=0.01, atol=0)
    assert (sigma < torch.linalg.inv(exact.precision).diag().sqrt()).all()


def test_gradients_of_a_draw_reach_mean_and_width() -> None:
    with unfilled():
        model = mean_field.MeanField(2, 13, torch.relu)
    model = model.to_empty(device="cpu").start(curve_network.prior_scales(4), 0.05, generator(0))
    torch.testing.assert_close(mean_field.width(model.rho), torch.full((2, 13), 0.05))
    curves, trace = model(torch.linspace(-1, 1, 7), generator(1), 3)
    assert curves.shape == (3, 2, 7)
    torch.testing.assert_close(curves, curve_network.output(trace.theta, torch.linspace(-1, 1, 7), torch.relu))
    curves.square().sum().backward()
    assert model.mean.grad.abs().sum() > 0
    assert model.rho.grad.abs().sum() > 0
    assert mean_field.draw(torch.tensor(1.0), torch.tensor(2.0), torch.tensor(-0.5)).item() == 0


@pytest.mark.parametrize("kind", [mc_dropout.mask, mc_dropout.normal_mask])
def test_masks_are_one_on_average_and_vary_alike(kind) -> None:
    drawn = kind((200_000,), 0.2, generator(0))
    assert drawn.mean().item() == pytest.approx(1, abs=0.005)
    assert drawn.var().item() == pytest.approx(0.25, abs=0.005)
    assert (drawn == 0).float().mean().item() == pytest.approx(0.2 if kind is mc_dropout.mask else 0, abs=0.005)


def test_dropout_network_is_the_same_layers_with_masks_between() -> None:
    with unfilled():
        model = mc_dropout.MCDropout(2, 5)
    model = model.to_empty(device="cpu").start(generator(0))
    x = normal(2, 3, 1, seed=1)
    masks = mc_dropout.Masks(*(mc_dropout.mask((4, 2, 1, 5), 0.5, generator(n)) for n in (2, 3)))
    y, trace = model(x, masks)
    first = (x[1] @ model.w1[1] + model.b1[1]).relu() * masks.first[3, 1]
    features = (first @ model.w2[1] + model.b2[1]).relu()
    expected = (features * masks.second[3, 1]) @ model.w3[1] + model.b3[1]
    torch.testing.assert_close(y[3, 1], expected[:, 0])
    torch.testing.assert_close(trace.features[3, 1], features)
    ones = mc_dropout.Masks(torch.ones(1), torch.ones(1))
    torch.testing.assert_close(model(x)[0], model(x, ones)[0])
    curves = normal(50, 2, 3, seed=4)
    torch.testing.assert_close(mc_dropout.band(curves), curves.std(0))
    torch.testing.assert_close(mc_dropout.mean_curve(curves), curves.mean(0))


def test_shipped_draws_fit_the_points_to_within_their_noise() -> None:
    x, y = posterior_draws.points()
    assert torch.equal(x, posterior_draws.points().x)
    for name in posterior_draws.DRAWN:
        theta = posterior_draws.posterior(name)
        assert theta.shape == (posterior_draws.KEPT, 3 * posterior_draws.UNITS + 1)
        f = curve_network.output(theta, x, curve_network.ACTIVATIONS[name])
        missed = (f - y).square().mean().sqrt().item()
        assert 0.8 * NOISE < missed < 1.3 * NOISE


def test_the_recipe_draws_what_its_energy_asks_for() -> None:
    found = posterior_draws.drawn("relu", rounds=3, warm_up=3)
    assert found.states.shape == (3, posterior_draws.CHAINS, 151)
    where = posterior_draws.places(torch.tensor([-2.5, -1.0, 0.0, 1.0, 1.9]))
    assert where["inside"].tolist() == [False, True, False, True, False]
    assert where["between"].tolist() == [False, False, True, False, False]
    assert where["outside"].tolist() == [True, False, False, False, False]
