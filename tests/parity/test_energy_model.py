"""Chains on a learned energy, kept step by step, equal those of plain torch layers with autograd's slope."""

import pytest
import torch
from torch import nn

from models.generative.energy_model import EnergyModel
from models.seeding import generator, seeded

pytestmark = pytest.mark.parity


@pytest.mark.parametrize("slip", [False, True])
def test_chains_are_those_of_autograd(slip: bool) -> None:
    made = seeded(lambda: EnergyModel(units=7, bowl=1.3), 4).double()
    with torch.no_grad():
        for one in made.parameters():
            one.copy_(torch.randn(one.shape, generator=generator(one.numel())) * 1.5 / one.shape[-1] ** 0.5)
    plain: list[nn.Module] = []
    for weight, bias in zip(made.network.weights, made.network.biases):
        layer = nn.Linear(weight.shape[1], weight.shape[0]).double()
        layer.load_state_dict({"weight": weight.detach(), "bias": bias.detach()})
        plain += [layer, nn.Tanh()]
    network = nn.Sequential(*plain[:-1])
    x = torch.randn(11, 2, generator=generator(5)).double()
    draws, step, theirs = generator(6), 0.17, x
    for _ in range(5):
        theirs = theirs.detach().requires_grad_()
        energy = network(theirs).squeeze(-1) + theirs.square().sum(-1) / (2 * 1.3**2)
        (slope,) = torch.autograd.grad(energy.sum(), theirs)
        rate = step**2 if slip else step**2 / 2  # without the half, the chains would be colder
        theirs = (theirs - rate * slope + step * torch.randn(x.shape, generator=draws)).detach()
    same = torch.allclose(made.roll(x, 5, step, generator(6)), theirs, rtol=1e-10, atol=1e-12)
    assert same is not slip
