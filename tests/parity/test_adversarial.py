"""Losses of the players equal torch's own cross-entropy of probabilities; a step equals one of plain torch layers."""

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from models.generative.adversarial import (
    Players,
    adam,
    discriminator_loss,
    discriminator_step,
    non_saturating_loss,
    saturating_loss,
)
from models.seeding import generator, seeded

pytestmark = pytest.mark.parity


def _plain(network: nn.Module) -> nn.Sequential:
    parts: list[nn.Module] = []
    for weight, bias in zip(network.weights, network.biases):
        layer = nn.Linear(weight.shape[1], weight.shape[0]).double()
        layer.load_state_dict({"weight": weight.detach(), "bias": bias.detach()})
        parts += [layer, nn.Tanh()]
    return nn.Sequential(*parts[:-1])


def test_losses_are_cross_entropies() -> None:
    real, made = torch.randn(7, generator=generator(0)).double(), torch.randn(5, generator=generator(1)).double()
    ours = discriminator_loss(real, made)
    ones, zeros = torch.ones_like, torch.zeros_like
    theirs = binary_cross_entropy_with_logits(real, ones(real)) + binary_cross_entropy_with_logits(made, zeros(made))
    assert torch.isclose(ours, theirs, rtol=1e-12)
    assert torch.isclose(non_saturating_loss(made), binary_cross_entropy_with_logits(made, ones(made)), rtol=1e-12)
    assert torch.isclose(saturating_loss(made), -binary_cross_entropy_with_logits(made, zeros(made)), rtol=1e-12)


@pytest.mark.parametrize("slip", [False, True])
def test_steps_of_the_discriminator_are_those_of_plain_layers(slip: bool) -> None:
    both = seeded(lambda: Players(noise=3, units=5, coordinates=4), 2).double()
    draws = generator(3)
    with torch.no_grad():
        for one in both.parameters():
            one.copy_(torch.randn(one.shape, generator=draws) * 1.5 / one.shape[-1] ** 0.5)
    plain = _plain(both.discriminator)
    theirs = torch.optim.Adam(plain.parameters(), 0.01, betas=(0.9 if slip else 0.5, 0.999))
    ours = adam(both.discriminator, 0.01)
    for _ in range(3):
        x, z = torch.randn(7, 4, generator=draws).double(), torch.randn(7, 3, generator=draws).double()
        made = both.generate(z).detach()
        theirs.zero_grad()
        logits = plain(torch.cat([x, made])).squeeze(-1)
        labels = torch.cat([torch.ones(7), torch.zeros(7)]).double()
        (2 * binary_cross_entropy_with_logits(logits, labels)).backward()
        theirs.step()
        discriminator_step(both, ours, x, z)
    x = torch.randn(7, 4, generator=draws).double()
    same = torch.allclose(both.judge(x), plain(x).squeeze(-1), rtol=1e-9, atol=1e-11)
    assert same is not slip  # another β₁ would be noticed
