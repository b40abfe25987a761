"""Every shape comment of the energy-based model, executed."""

import torch

from models.generative import energy_model
from models.seeding import generator, seeded
from tests.shape_comments import shapes_checked


def test_energy_model() -> None:
    with shapes_checked(energy_model, B=6, N=2, M=5) as watch:
        made = seeded(lambda: energy_model.EnergyModel(units=5), 0)
        made(torch.zeros(6, 2))
        made.roll(torch.zeros(6, 2), 2, 0.1, generator(0))
    assert watch.reached
    assert not watch.unreached()
