"""The noise network, its loss and weights, and Langevin chains."""

import pytest
import torch

from models.generative import langevin, mixtures, noise_network
from models.generative.noise_network import NoiseNetwork, bound_weight, noise_loss, unscaled_score
from models.generative.noise_schedule import alpha_bars, linear_betas
from models.seeding import generator, seeded
from tests.shape_comments import shapes_checked


def test_network_and_shape_comments():
    with shapes_checked(noise_network, B=5, D=8, E=6) as watch:
        model = seeded(lambda: NoiseNetwork(8, 6), 0)
        y, trace = model(torch.randn(5, 2), torch.arange(5.0))
    assert y.shape == (5, 2)
    assert trace.hidden[1].shape == (5, 8)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(langevin, N=4, D=2) as watch:
        list(langevin.annealed(lambda x, s: -x, torch.randn(4, 2), [1.0, 0.5], 2, 0.1, generator(0)))
    assert watch.reached
    assert not watch.unreached()


def test_loss_by_hand_and_its_gradient():
    predicted = torch.tensor([[1.0, 2.0]], requires_grad=True)
    loss = noise_loss(predicted, torch.tensor([[0.0, 4.0]]))
    assert loss.item() == 2.5
    loss.sum().backward()
    torch.testing.assert_close(predicted.grad, torch.tensor([[1.0, -2.0]]))


def test_weights_of_the_bound_are_those_of_the_paper():
    betas = linear_betas(20, 1e-3, 0.2)
    level = alpha_bars(betas)
    expected = betas**2 / (2 * betas * (1 - betas) * (1 - level[1:]))
    torch.testing.assert_close(bound_weight(level[1:], level[:-1]), expected, rtol=1e-6, atol=0)
    assert expected[0] == expected.max()


def test_the_score_of_the_exact_noise_is_the_exact_score():
    mixture, x = mixtures.two_modes(2.0, 0.7), torch.randn(6, 2, generator=generator(0))
    a = 0.4
    sigma = (1 / a - 1) ** 0.5
    noise = mixtures.noise_mean(mixture, a**0.5 * x, a)
    torch.testing.assert_close(
        unscaled_score(noise, sigma), mixtures.score(mixtures.smoothed(mixture, sigma), x), rtol=1e-4, atol=1e-5
    )


def test_levels_and_step_sizes():
    assert langevin.geometric_levels(4, 1, 3) == pytest.approx([4, 2, 1])
    assert langevin.geometric_levels(4, 1, 1) == [1]
    assert langevin.step_size(2.0, 0.5, 0.01) == pytest.approx(0.16)
    x = torch.tensor([[1.0, 0.0]])
    torch.testing.assert_close(
        langevin.langevin_step(x, torch.tensor([[-2.0, 1.0]]), 0.04, torch.tensor([[1.0, 0.5]])),
        torch.tensor([[1.16, 0.12]]),
    )


def test_chains_come_to_a_gaussian_of_the_right_spread():
    stops = list(langevin.annealed(lambda x, s: -x / 0.25, torch.zeros(4000, 1), [1.0], 60, 0.05, generator(0)))
    # A step is x ← (1 − α/(2v)) x + √α z, whose variance comes to α / (1 − (1 − α/(2v))²).
    expected = 0.05 / (1 - (1 - 0.05 / 0.5) ** 2)
    assert stops[-1].var().item() == pytest.approx(expected, rel=0.08)
    assert len(stops) == 2
