"""What a small encoder-decoder generates from states that were read, one likeliest symbol after another.

Paper: Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks", section 2; greedy here.

Symbols
    B  batch        S  source symbols        T  steps
"""

from typing import Any

import torch
from torch import Tensor

from models.language.sampling import greedy


def shifted_right(target: Tensor, end: int) -> Tensor:
    """What the decoder reads in training: END, then the target without its last symbol. (B, T)"""
    return torch.cat([torch.full_like(target[:, :1], end), target[:, :-1]], dim=1)


@torch.inference_mode()
def generated(model: Any, encoded: Any, end: int, steps: int) -> Tensor:
    """(B, T): every symbol is the likeliest behind END and those before it. ``model`` has ``decode``."""
    target = torch.full((len(encoded.states), 1), end, device=encoded.states.device)  # (B, t)
    for _ in range(steps):
        target = torch.cat([target, greedy(model.decode(target, encoded)[0][:, -1:])], dim=1)
    return target[:, 1:]


def all_right(written: Tensor, target: Tensor, pad: int = -1) -> Tensor:
    """Whether each row is right in all that is asked for: (B,)."""
    return ((written == target) | (target == pad)).all(dim=1)
