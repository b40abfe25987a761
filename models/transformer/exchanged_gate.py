"""A trained SwiGLU layer whose gate passes through another function, with gates and values rescaled for it.

Papers: Shazeer 2020, "GLU Variants Improve Transformer", equations 5 and 6; Hendrycks & Gimpel 2016, "Gaussian Error
Linear Units", section 2. From GELU(z) ≈ z σ(1.702 z) follows Swish(z) ≈ a · GELU(z / a) with a = 1.702.

Symbols
    x  input (..., D)      W  gate (D, F)      V  value (D, F)      W₂  output (F, D)
    φ  function of the gate      a  what gates are divided by and values multiplied by; 1 leaves both
"""

import copy
from collections.abc import Callable

from torch import Tensor, nn

from models.layers.swiglu import SwiGLU, SwiGLUTrace
from models.transformer.decoder import Decoder

Function = Callable[[Tensor], Tensor]


def gated(gate: Tensor, value: Tensor, function: Function, a: float = 1.0) -> Tensor:
    """φ(xW / a) ⊗ a·xV"""
    return function(gate / a) * (a * value)


def half(z: Tensor) -> Tensor:
    """z / 2: the slope of Swish and GELU at 0, everywhere; such a gate never closes."""
    return z / 2


class ExchangedGate(nn.Module):
    """FFN(x) = (φ(xW / a) ⊗ a·xV) W₂ with the weights of a trained SwiGLU."""

    def __init__(self, trained: SwiGLU, function: Function, a: float = 1.0) -> None:
        super().__init__()
        self.to_gate, self.to_value, self.to_out = trained.to_gate, trained.to_value, trained.to_out
        self.function, self.a = function, a

    def forward(self, x: Tensor) -> tuple[Tensor, SwiGLUTrace]:
        gate = self.function(self.to_gate(x) / self.a)  # (B, T, F)
        neurons = gated(self.to_gate(x), self.to_value(x), self.function, self.a)  # (B, T, F)
        return self.to_out(neurons), SwiGLUTrace(gate, neurons)


def with_exchanged_gates(model: Decoder, function: Function, a: float = 1.0) -> Decoder:
    """The decoder with another function in the gates of all blocks; its weights are shared, not copied."""
    changed = copy.copy(model)
    changed._modules = dict(model._modules)
    blocks = []
    for block in model.blocks:
        other = copy.copy(block)
        other._modules = {**block._modules, "feed_forward": ExchangedGate(block.feed_forward, function, a)}
        blocks.append(other)
    changed.blocks = nn.ModuleList(blocks)
    return changed
