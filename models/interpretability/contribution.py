"""What a token adds to a head's output: its weight times the length of what it sends.

Paper: Kobayashi et al. 2020, "Attention is Not Only a Weight: Analyzing Transformers with Vector Norms",
sections 2.2 and 3.

Symbols
    w  attention weights (B, H, T, S)      v   values (B, H, S, K)      B  batch     D  width
    W  output matrix (D, H·K)              Wₕ  its columns for head h (D, K)
    H  heads     T  tokens that ask     S  tokens that answer     K  head width
"""

import torch
from torch import Tensor

from models.attention.dot_product import Attend, AttentionTrace, scaled_dot_product


def sent(v: Tensor, output: Tensor) -> Tensor:
    """f(xₛ) = Wₕ vₛ: the value of each token as head h writes it to the residual stream, (B, H, S, D)."""
    per_head = output.unflatten(1, (v.shape[1], -1))  # (D, H, K)
    return torch.einsum("bhsk,dhk->bhsd", v, per_head)


def contributions(weights: Tensor, v: Tensor, output: Tensor) -> Tensor:
    """‖wₜₛ f(xₛ)‖: how far token s alone moves the output of token t, (B, H, T, S)."""
    return weights * sent(v, output).norm(dim=-1).unsqueeze(-2)


def with_equal_norms(v: Tensor, output: Tensor) -> Tensor:
    """Values whose f(xₛ) all have the head's mean length: direction as before, (B, H, S, K)."""
    length = sent(v, output).norm(dim=-1, keepdim=True)  # (B, H, S, 1)
    return v * length.mean(dim=-2, keepdim=True) / length


def levelling(output: Tensor) -> Attend:
    """Attention over values of equal length under the output matrix."""

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        return scaled_dot_product(q, k, with_equal_norms(v, output), mask, bias)

    return attend
