"""Weights large enough that a mistake shows: a library's own start (0.02) hides them."""

import torch
from torch import nn


def redraw(model: nn.Module, seed: int) -> None:
    """Every matrix anew at 1.5/√fan_in, every gain between ½ and 1½, from one private generator."""
    draws = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        fresh = torch.randn(parameter.shape, generator=draws, dtype=torch.float64)
        gain = 1 + 0.5 * fresh.tanh()
        parameter.data = (fresh * 1.5 / parameter.shape[-1] ** 0.5 if parameter.ndim > 1 else gain).to(parameter)
