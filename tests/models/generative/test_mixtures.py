"""The known mixture against autograd, against sums over a grid, and against samples."""

import math
from functools import partial

import pytest
import torch

from models.generative import mixtures
from models.generative.diffusion import q_sample
from models.generative.mixtures import Mixture
from models.seeding import generator
from tests.shape_comments import shapes_checked

close = partial(torch.testing.assert_close, rtol=1e-9, atol=1e-9)
UNEVEN = Mixture(
    torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64),
    torch.tensor([[-1.0, -0.4], [1.2, 0.1], [0.3, 1.5]], dtype=torch.float64),
    torch.tensor([0.04, 0.09, 0.25], dtype=torch.float64),
)
POINTS = 1.5 * torch.randn(7, 2, generator=generator(0), dtype=torch.float64)
LEVELS = [0.03, 0.5, 0.97]


def grid(reach: float, cells: int) -> tuple[torch.Tensor, float]:
    line = torch.linspace(-reach, reach, cells, dtype=torch.float64)
    return torch.cartesian_prod(line, line), (2 * reach / (cells - 1)) ** 2


def test_one_component_is_a_gaussian_by_hand():
    one = Mixture(torch.ones(1), torch.tensor([[1.0, -2.0]]), torch.tensor([4.0]))
    x = torch.tensor([[3.0, -2.0]])
    assert mixtures.log_density(one, x).item() == pytest.approx(-0.5 - math.log(2 * math.pi * 4))
    torch.testing.assert_close(mixtures.score(one, x), torch.tensor([[-0.5, 0.0]]))
    torch.testing.assert_close(mixtures.score_jacobian(one, x)[0], -torch.eye(2) / 4)
    # Half the variance is left: the mean of x_0 stands between the prior mean and x_t / √ᾱ.
    kept = 4 * 0.5 / (4 * 0.5 + 0.5)
    expected = torch.tensor([[1.0, -2.0]]) + kept * (x / 0.5**0.5 - torch.tensor([[1.0, -2.0]]))
    torch.testing.assert_close(mixtures.posterior_mean(one, x, 0.5), expected)


@pytest.mark.parametrize("a", LEVELS)
def test_score_and_its_jacobian_are_autograds(a):
    at_t = mixtures.noised(UNEVEN, a)
    x = POINTS.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(mixtures.log_density(at_t, x).sum(), x)
    close(mixtures.score(at_t, POINTS), gradient)
    jacobian = torch.func.vmap(torch.func.jacrev(lambda one: mixtures.score(at_t, one)))(POINTS)
    close(mixtures.score_jacobian(at_t, POINTS), jacobian)


@pytest.mark.parametrize("a", LEVELS)
def test_the_density_integrates_to_one_and_noise_convolves_it(a):
    x, cell = grid(7, 281)
    at_t = mixtures.noised(UNEVEN, a)
    assert (mixtures.log_density(at_t, x).exp().sum() * cell).item() == pytest.approx(1, abs=1e-6)
    x0 = mixtures.log_density(UNEVEN, x).exp() * cell  # (G,) mass of each cell
    kernel = torch.exp(-((POINTS[:, None] - a**0.5 * x) ** 2).sum(-1) / (2 * (1 - a))) / (2 * math.pi * (1 - a))
    torch.testing.assert_close(kernel @ x0, mixtures.log_density(at_t, POINTS).exp(), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("a", LEVELS)
def test_posterior_mean_and_variance_are_those_summed_over_a_grid(a):
    x, _ = grid(7, 281)
    kernel = -((POINTS[:, None] - a**0.5 * x) ** 2).sum(-1) / (2 * (1 - a))
    weight = (kernel + mixtures.log_density(UNEVEN, x)).softmax(-1)  # (N, G)
    mean = weight @ x
    torch.testing.assert_close(mixtures.posterior_mean(UNEVEN, POINTS, a), mean, rtol=1e-5, atol=1e-6)
    variance = (weight @ x**2 - mean**2).mean(-1)
    torch.testing.assert_close(mixtures.posterior_variance(UNEVEN, POINTS, a), variance, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("a", LEVELS)
def test_score_noise_and_posterior_mean_tell_each_other(a):
    noise = mixtures.noise_mean(UNEVEN, POINTS, a)
    close(mixtures.posterior_mean(UNEVEN, POINTS, a), (POINTS - (1 - a) ** 0.5 * noise) / a**0.5)
    close(noise, -((1 - a) ** 0.5) * mixtures.score(mixtures.noised(UNEVEN, a), POINTS))


def test_scaled_and_unscaled_noise_are_the_same_mixture():
    a = 0.3
    scaled, unscaled = mixtures.noised(UNEVEN, a), mixtures.smoothed(UNEVEN, (1 / a - 1) ** 0.5)
    close(mixtures.responsibilities(scaled, a**0.5 * POINTS), mixtures.responsibilities(unscaled, POINTS))


def test_the_best_denoiser_errs_by_the_posterior_variance():
    draws = generator(3)
    x0, _ = mixtures.sample(UNEVEN, 60_000, draws)
    for a in LEVELS:
        x = q_sample(x0, a, torch.randn(x0.shape, generator=draws, dtype=x0.dtype))
        error = (mixtures.posterior_mean(UNEVEN, x, a) - x0).square().mean()
        assert error.item() == pytest.approx(mixtures.posterior_variance(UNEVEN, x, a).mean().item(), rel=0.03)


def test_samples_have_the_weights_and_modes_are_counted():
    _, component = mixtures.sample(UNEVEN, 40_000, generator(1))
    torch.testing.assert_close(component.bincount() / 40_000, UNEVEN.weights.float(), atol=0.01, rtol=0)
    shares = mixtures.mode_shares(mixtures.ring(5), mixtures.ring(5).means[[0, 0, 1, 3]] + 0.1)
    torch.testing.assert_close(shares, torch.tensor([0.5, 0.25, 0.0, 0.25, 0.0]))
    assert mixtures.mode_shares(mixtures.ring(5), torch.zeros(4, 2)).sum() == 0
    inside = 1 - math.exp(-4.5)  # of a round Gaussian of the plane within three deviations
    apart = mixtures.two_modes(8, 0.2)
    found = mixtures.mode_shares(apart, mixtures.sample(apart, 40_000, generator(2))[0])
    torch.testing.assert_close(found, inside * apart.weights, atol=0.01, rtol=0)


def test_weights_of_a_ring_are_shares():
    uneven = mixtures.ring(4, weights=[1, 1, 1, 5])
    torch.testing.assert_close(uneven.weights, torch.tensor([0.125, 0.125, 0.125, 0.625]))
    torch.testing.assert_close(uneven.means.norm(dim=-1), torch.full((4,), 2.0))


def test_shape_comments():
    with shapes_checked(mixtures, D=2) as watch:
        mixture = mixtures.ring(4)
        x, _ = mixtures.sample(mixture, 6, generator(0))
        mixtures.score_jacobian(mixture, x)
        mixtures.posterior_variance(mixture, x, 0.5)
        mixtures.mode_shares(mixture, x)
        mixtures.log_density(mixture, x.expand(3, 6, 2))
    assert watch.reached
    assert not watch.unreached()
