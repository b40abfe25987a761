"""Every shape comment of the adversarial networks, executed."""

import torch

from models.generative import adversarial
from tests.shape_comments import shapes_checked


def test_players() -> None:
    with shapes_checked(adversarial, B=6, N=2, Z=2) as watch:
        both = adversarial.players(0)
        x, z = torch.zeros(6, 2).double(), torch.zeros(6, 2).double()
        adversarial.discriminator_step(both, adversarial.adam(both.discriminator, 0.01), x, z)
        both(z)
    assert watch.reached
    assert not watch.unreached()
