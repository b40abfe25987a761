"""A line on which the density that guidance should reach is known, and both predictions are the best possible ones."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.generative.denoiser import T, trained_alpha_bar
from models.generative.diffusion import ddim_step, reverse
from models.generative.mixtures import Mixture, log_density
from models.generative.noise_schedule import strided
from models.generative.tilted import guided_noise, largest_gap, noise_of_grid, tilted
from models.seeding import generator

POINTS = 400

SPACING = 0.025
GRID = torch.arange(-200, 201) * SPACING
OF_CLASS = Mixture(torch.tensor([0.5, 0.5]), torch.tensor([[0.2], [1.6]]), torch.full((2,), 0.35**2))
OF_ALL = Mixture(torch.full((4,), 0.25), torch.tensor([[0.2], [1.6], [-0.2], [-1.6]]), torch.full((4,), 0.35**2))
"""On the line: the class has two peaks, of which one overlaps with a peak of the other class, its mirror image."""


class Line(NamedTuple):
    log_all: Tensor  # (G,)
    log_class: Tensor  # (G,)
    tilted: Tensor  # (G,) q
    points: Tensor  # (P, 1) as sampled
    gap: float  # largest difference of the two distribution functions
    shift: float  # mean of the points above that of q


@memo
@torch.inference_mode()
def on_the_line(scale: float, noise: str, steps: int, seed: int) -> Line:
    """Points led from noise by the best possible predictions; their starts are spread evenly, each moved at random."""
    log_all, log_class = (log_density(one, GRID[:, None]) for one in (OF_ALL, OF_CLASS))
    q = tilted(log_all, log_class, scale, SPACING)
    alpha_bar, draws = trained_alpha_bar(), generator(seed)

    def predict(x: Tensor, t: int) -> Tensor:
        a = alpha_bar[t].item()
        return guided_noise(x, OF_CLASS, OF_ALL, scale, a) if noise == "guided" else noise_of_grid(x, GRID, q, a)

    shares = (torch.arange(POINTS) + torch.rand(POINTS, generator=draws).clamp(1e-3, 1 - 1e-3)) / POINTS  # (P,)
    start = torch.special.ndtri(shares.double()).float()[:, None]  # (P, 1)
    *_, last = reverse(predict, start, alpha_bar, strided(T, steps), ddim_step, draws)
    gap, shift = largest_gap(last.x, GRID, q).item(), last.x.mean() - (q * GRID).sum() * SPACING
    return Line(log_all, log_class, q, last.x, gap, shift.item())
