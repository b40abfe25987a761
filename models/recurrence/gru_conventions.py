"""The same GRU weights under other published conventions: what keeps, and where the reset gate acts.

Papers: Cho et al. 2014, equations 5 to 8 (reset before the product, z keeps); Chung et al. 2014 (z overwrites).

Symbols
    x  input (B, T, I)      h  state (B, D)      r, z  reset and update gates (B, D)      n  candidate (B, D)
"""

import torch
from torch import Tensor, nn

from models.recurrence.gru import GRU, gru_step


def reset_before_step(from_x: Tensor, h: Tensor, from_state: nn.Linear) -> tuple[Tensor, Tensor, Tensor]:
    """n = tanh(W x + U (r ⊙ h)), h' = (1 − z) ⊙ n + z ⊙ h: the reset gate acts on the state before the product."""
    D = h.shape[-1]
    r, z = (from_x + from_state(h))[..., : 2 * D].sigmoid().chunk(2, dim=-1)  # (B, D)
    n = (from_x + from_state(r * h))[..., 2 * D :].tanh()  # (B, D)
    return (1 - z) * n + z * h, r, z


def overwriting_step(from_x: Tensor, from_h: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """h' = z ⊙ n + (1 − z) ⊙ h: the same gates, of which z now overwrites; returns 1 − z as what keeps."""
    negated = torch.ones_like(from_x)  # (B, Z)
    D = h.shape[-1]
    negated[..., D : 2 * D] = -1  # σ(−a) = 1 − σ(a)
    return gru_step(from_x * negated, from_h * negated, h)


class ResetBefore(GRU):
    """The convention of the paper of 2014."""

    def step(self, from_x: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return reset_before_step(from_x, h, self.from_state)


class Overwriting(GRU):
    """The convention of Chung et al.: z overwrites."""

    def step(self, from_x: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return overwriting_step(from_x, self.from_state(h), h)

    def negate_gate(self) -> "Overwriting":
        """Turn the sign of the update gate's weights and biases: the other convention's network again."""
        with torch.no_grad():
            for weight in self.parameters():
                weight.chunk(3)[1].neg_()
        return self
