"""SwiGLU: a feed-forward layer in which one half of the neurons gates the other.

Paper: Shazeer 2020, "GLU Variants Improve Transformer", equations 5 and 6.

Symbols
    x  input (..., D)         W  gate (D, F)      V  value (D, F)      W₂  output (F, D)
    D  width                  F  hidden neurons
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import silu


class SwiGLUTrace(NamedTuple):
    """The gate after its swish, and the gated neurons that write to the output."""

    gate: Tensor  # (..., F)
    neurons: Tensor  # (..., F)


def swish(x: Tensor) -> Tensor:
    """Swish₁(x) = x · σ(x), which torch calls SiLU and computes in one pass."""
    return silu(x)


def swiglu(gate: Tensor, value: Tensor) -> Tensor:
    """SwiGLU = Swish₁(xW) ⊗ xV, from the two projections xW and xV."""
    return swish(gate) * value


class SwiGLU(nn.Module):
    """FFN(x) = (Swish₁(xW) ⊗ xV) W₂, without biases."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.to_gate = nn.Linear(width, hidden, bias=False)
        self.to_value = nn.Linear(width, hidden, bias=False)
        self.to_out = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, SwiGLUTrace]:
        gate = swish(self.to_gate(x))  # (B, T, F)
        neurons = gate * self.to_value(x)  # (B, T, F)
        return self.to_out(neurons), SwiGLUTrace(gate, neurons)
