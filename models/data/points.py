"""Sets of points in the plane, drawn at will: mean about zero, variance about one a coordinate.

Symbols
    P  points
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from models.generative import mixtures
from models.generative.mixtures import Mixture

Draw = Callable[[int, torch.Generator], Tensor]


RING = mixtures.ring(8, 1.4, 0.12)
MIXTURE = Mixture(
    torch.tensor([0.5, 0.3, 0.2]), torch.tensor([[-0.9, -0.6], [1.3, -0.2], [0.3, 1.8]]), torch.full((3,), 0.3**2)
)


def of_mixture(mixture: Mixture) -> Draw:
    """Independent points of a density that is known, also after any amount of noise."""
    return lambda P, generator: mixtures.sample(mixture, P, generator)[0]


def moons(P: int, generator: torch.Generator) -> Tensor:
    """Two half circles that reach into each other."""
    angle = math.pi * torch.rand(P, generator=generator)  # (P,)
    lower = torch.rand(P, generator=generator) < 0.5  # (P,)
    upper_moon = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], -1)  # (P, 2)
    lower_moon = torch.stack([0.5 - angle.cos(), 0.25 - angle.sin()], -1)  # (P, 2)
    centred = torch.where(lower[:, None], lower_moon, upper_moon)  # (P, 2)
    return centred * torch.tensor([1.2, 1.9]) + 0.08 * torch.randn(P, 2, generator=generator)


def spiral(P: int, generator: torch.Generator) -> Tensor:
    """One arm that winds one and three quarter times, evenly dense along its length."""
    angle = 3.5 * math.pi * torch.rand(P, generator=generator).sqrt()  # (P,)
    arm = angle[:, None] * torch.stack([angle.cos(), angle.sin()], -1) / (3.5 * math.pi)  # (P, 2)
    return 2.1 * arm + torch.tensor([0.38, 0.08]) + 0.06 * torch.randn(P, 2, generator=generator)


POINT_SETS: dict[str, Draw] = {
    "moons": moons, "ring": of_mixture(RING), "spiral": spiral, "mixture": of_mixture(MIXTURE)
}  # fmt: skip
