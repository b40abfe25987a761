"""GEGLU: a gated feed-forward layer whose gate passes through GELU, and how near it is to SwiGLU.

Papers: Shazeer 2020, "GLU Variants Improve Transformer", equations 5 and 6; Hendrycks & Gimpel 2016, "Gaussian Error
Linear Units", section 2 (GELU(z) ≈ z σ(1.702 z)).

Symbols
    x  input (..., D)         W  gate (D, F)      V  value (D, F)      W₂  output (F, D)
    D  width                  F  hidden neurons   a  what gates are divided by when Swish becomes GELU
"""

from torch import Tensor, nn

from models.layers.activations import gelu
from models.layers.swiglu import SwiGLUTrace

SCALE = 1.702
"""Of z in Hendrycks and Gimpel's approximation of GELU."""


def geglu(gate: Tensor, value: Tensor) -> Tensor:
    """GEGLU = GELU(xW) ⊗ xV, from the two projections xW and xV."""
    return gelu(gate) * value


class GEGLU(nn.Module):
    """FFN(x) = (GELU(xW) ⊗ xV) W₂, without biases."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.to_gate = nn.Linear(width, hidden, bias=False)
        self.to_value = nn.Linear(width, hidden, bias=False)
        self.to_out = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, SwiGLUTrace]:
        gate = gelu(self.to_gate(x))  # (B, T, F)
        neurons = gate * self.to_value(x)  # (B, T, F)
        return self.to_out(neurons), SwiGLUTrace(gate, neurons)
