"""Weights to begin with that keep the size of the signal through many layers of ReLU.

Paper: He et al. 2015, "Delving Deep into Rectifiers", section 2.2.

Symbols
    n  inputs of one output: channels times the cells of a kernel
"""

import math
from collections.abc import Callable
from typing import TypeVar

from torch import nn

from models.seeding import generator, unfilled

M = TypeVar("M", bound=nn.Module)


def he_deviation(n: int) -> float:
    """√(2 / n).  He et al., equation 10: half of what a ReLU reads is lost, so the variance is doubled."""
    return math.sqrt(2 / n)


def he_started(build: Callable[[], M], seed: int, device: str = "cpu") -> M:
    """Build without weights, then sample every weight from one private generator; biases are zero."""
    draws = generator(seed)
    with unfilled():
        model = build()
    model.to_empty(device="cpu")
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=he_deviation(parameter[0].numel()), generator=draws)
        else:
            nn.init.zeros_(parameter)
    return model.to(device)
