"""The plain layers that gated ones are compared with: no gate, no biases, and ReLU or GELU between two matrices.

Paper: Shazeer 2020, "GLU Variants Improve Transformer", equations 2 and 3.

Symbols
    x  input (..., D)      W₁  (D, F)      W₂  output (F, D)      D  width      F  hidden neurons
"""

from torch import Tensor, nn
from torch.nn.functional import gelu, relu


class ReLULayer(nn.Module):
    """FFN(x) = max(xW₁, 0) W₂; returns the neurons beside it."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.to_hidden = nn.Linear(width, hidden, bias=False)
        self.to_out = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        neurons = relu(self.to_hidden(x))  # (B, T, F)
        return self.to_out(neurons), neurons


class GELULayer(nn.Module):
    """FFN(x) = GELU(xW₁) W₂; returns the neurons beside it."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.to_hidden = nn.Linear(width, hidden, bias=False)
        self.to_out = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        neurons = gelu(self.to_hidden(x))  # (B, T, F)
        return self.to_out(neurons), neurons
