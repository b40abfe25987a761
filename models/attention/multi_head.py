"""Multi-head attention: several small attentions side by side.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2.

Symbols
    x  what asks (B, T, D)    source  what answers (B, S, D), x itself in self-attention
    B  batch                  D  width            H  heads           K = D / H  head width
"""

from typing import NamedTuple

from torch import Tensor, nn

from models.attention.dot_product import scaled_dot_product


class MultiHeadTrace(NamedTuple):
    """Everything the heads computed. With G < H key/value heads, k and v have G heads."""

    q: Tensor  # (B, H, T, K)
    k: Tensor  # (B, G, S, K)
    v: Tensor  # (B, G, S, K)
    scores: Tensor  # (B, H, T, S)
    weights: Tensor  # (B, H, T, S)
    output: Tensor  # (B, H, T, K)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """headᵢ gets features i·K … (i+1)·K − 1: (B, T, H·K) → (B, H, T, K)."""
    return x.unflatten(-1, (heads, -1)).transpose(-3, -2)


def merge_heads(heads: Tensor) -> Tensor:
    """Concat(head₁, …, head_H): (B, H, T, K) → (B, T, H·K)."""
    return heads.transpose(-3, -2).flatten(-2)


class MultiHeadAttention(nn.Module):
    """MultiHead(x) = Concat(head₁, …, head_H) Wᴼ, headᵢ = Attention(x Wᵢ^Q, s Wᵢ^K, s Wᵢ^V)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} does not divide into {heads} heads")
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(width, width, bias=False)
        self.to_v = nn.Linear(width, width, bias=False)
        self.to_out = nn.Linear(width, width, bias=False)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, source: Tensor | None = None
    ) -> tuple[Tensor, MultiHeadTrace]:
        source = x if source is None else source  # (B, S, D)
        q = split_heads(self.to_q(x), self.heads)  # (B, H, T, K)
        k = split_heads(self.to_k(source), self.heads)  # (B, H, S, K)
        v = split_heads(self.to_v(source), self.heads)  # (B, H, S, K)
        attention = scaled_dot_product(q, k, v, mask)
        y = self.to_out(merge_heads(attention.output))  # (B, T, D)
        return y, MultiHeadTrace(q, k, v, *attention)
