"""Slope, steps and density of the energy model against autograd and closed forms."""

import torch
from numpy.testing import assert_allclose

from models.generative.energy_model import (
    EnergyModel,
    contrast,
    grid_probabilities,
    langevin_step,
)
from models.layers.softmax import total_variation
from models.seeding import generator, seeded


def model() -> EnergyModel:
    made = seeded(lambda: EnergyModel(units=7, bowl=1.5), 1).double()
    with torch.no_grad():
        for one in made.parameters():
            one.copy_(torch.randn(one.shape, generator=generator(one.numel())))
    return made


def test_the_slope_is_autograds() -> None:
    made, x = model(), torch.randn(9, 2, generator=generator(0)).double().requires_grad_()
    (expected,) = torch.autograd.grad(made(x)[0].sum(), x)
    assert_allclose(made.slope(x.detach()), expected, rtol=1e-10)


def test_a_step_is_downhill_plus_noise() -> None:
    x, slope = torch.tensor([[1.0, 2.0]]), torch.tensor([[4.0, -2.0]])
    assert torch.allclose(langevin_step(x, slope, torch.zeros(1, 2), 0.5), torch.tensor([[0.5, 2.25]]))
    assert torch.allclose(langevin_step(x, slope, torch.ones(1, 2), 0.5), torch.tensor([[1.0, 2.75]]))


def test_chains_of_a_bowl_spread_as_wide_as_the_bowl() -> None:
    made = seeded(lambda: EnergyModel(units=3, bowl=1.5), 0)
    with torch.no_grad():
        for one in made.parameters():
            one.zero_()
    x = made.roll(torch.zeros(4000, 2), 300, 0.3, generator(2))
    assert abs(x.std().item() - 1.5) < 0.05
    assert abs(x.mean().item()) < 0.06


def test_density_distance_and_contrast() -> None:
    energy = -torch.tensor([0.5, 0.3, 0.2]).log() + 7
    assert_allclose(grid_probabilities(energy), [0.5, 0.3, 0.2], rtol=1e-6)
    p, q = torch.tensor([1.0, 0.0]), torch.tensor([0.25, 0.75])
    assert total_variation(p, q) == 0.75
    assert total_variation(p, p) == 0
    assert contrast(torch.tensor([1.0, 3.0]), torch.tensor([5.0])) == -3


def test_the_contrast_has_the_gradient_of_the_likelihood_where_chains_are_the_density() -> None:
    """Five cells, ten points of data, and chains that hold each cell as often as its probability says."""
    E = -torch.tensor([0.1, 0.2, 0.3, 0.3, 0.1], dtype=torch.double).log()
    E.requires_grad_()
    data, chains = torch.tensor([0, 1, 1, 1, 2, 2, 3, 4, 4, 4]), torch.tensor([0, 1, 1, 2, 2, 2, 3, 3, 3, 4])
    (expected,) = torch.autograd.grad(-grid_probabilities(E).log()[data].mean(), E)
    (found,) = torch.autograd.grad(contrast(E[data], E[chains]), E)
    assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
