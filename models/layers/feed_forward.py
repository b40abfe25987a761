"""The feed-forward layer of the first transformers: widen, bend, narrow, at every position alike.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.3, equation 2 (with max(0, x));
Hendrycks & Gimpel 2016, "Gaussian Error Linear Units", section 2 (GELU, as in GPT and BERT).

Symbols
    x  input (..., D)         D  width         F  hidden neurons         φ  activation
"""

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn.functional import gelu


class FeedForward(nn.Module):
    """FFN(x) = φ(x W₁ + b₁) W₂ + b₂; returns the neurons φ(…) beside it."""

    def __init__(self, width: int, hidden: int, activation: Callable[[Tensor], Tensor] = gelu) -> None:
        super().__init__()
        self.activation = activation
        self.to_hidden = nn.Linear(width, hidden)
        self.to_out = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        neurons = self.activation(self.to_hidden(x))  # (..., F)
        return self.to_out(neurons), neurons
