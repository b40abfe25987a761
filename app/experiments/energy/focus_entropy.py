"""How sharp the focus of a head is."""

import math

from torch import Tensor

from models.layers.softmax import entropy


def focus_entropy(weightings: Tensor) -> float:
    """In bits, mean of the weightings (..., N)."""
    return entropy(weightings).mean().item() / math.log(2)
