"""Prediction without a reservoir: a ridge fit on delayed inputs, alone or with the products of any two.

Paper: Gauthier et al. 2021, "Next generation reservoir computing" (the products).

Symbols
    u  input (D,)        K  delayed inputs, the newest last        F  features
"""

import torch
from torch import Tensor

from models.recurrence.echo_state import ridge_readout


def linear_features(recent: Tensor) -> Tensor:
    """[1; u(n − K + 1); …; u(n)] from recent inputs (…, K, D): (…, 1 + K D)"""
    flat = recent.flatten(-2)
    return torch.cat([torch.ones_like(flat[..., :1]), flat], dim=-1)


def product_features(recent: Tensor) -> Tensor:
    """The same, and the products of any two of its numbers"""
    linear = linear_features(recent)
    first, second = torch.triu_indices(linear.shape[-1] - 1, linear.shape[-1] - 1) + 1
    return torch.cat([linear, linear[..., first] * linear[..., second]], dim=-1)


class DelayedInputs:
    """Features of the last ``delays`` inputs, and their ridge fit."""

    def __init__(self, delays: int, products: bool, u: Tensor, y: Tensor, ridge: float) -> None:
        """Fitted so that inputs u (T, D) give y (T, D); the first ``delays`` − 1 rows only serve as a past."""
        self.features = product_features if products else linear_features
        recent = u.unfold(0, delays, 1).mT  # (T − K + 1, K, D)
        self.w_out = ridge_readout(self.features(recent), y[delays - 1 :], ridge)  # (D, F)

    def continued(self, recent: Tensor, steps: int) -> Tensor:
        """Each prediction is the next input: (steps, B, D) from recent inputs (B, K, D)."""
        found = []
        for _ in range(steps):
            y = self.features(recent) @ self.w_out.T  # (B, D)
            found.append(y)
            recent = torch.cat([recent[:, 1:], y[:, None]], dim=1)
        return torch.stack(found)
