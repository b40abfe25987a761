"""Cross-attention: one text asks, another answers.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3, first point.

Symbols
    x  the text that asks (B, T, D)        memory  keys and values of the text that answers
    B  batch      T  its tokens            S  tokens of the other      H  heads      K  head width
"""

from typing import NamedTuple

from torch import Tensor

from models.attention.biased_multi_head import BiasedMultiHeadAttention
from models.attention.dot_product import scaled_dot_product
from models.attention.multi_head import MultiHeadTrace, merge_heads, split_heads


class Memory(NamedTuple):
    """What the other text offers; it never changes while an answer is written."""

    k: Tensor  # (B, H, S, K)
    v: Tensor  # (B, H, S, K)


class CrossAttention(BiasedMultiHeadAttention):
    """Queries from x, keys and values from the other text: Attention(x Wᵢ^Q, s Wᵢ^K, s Wᵢ^V)."""

    def remember(self, source: Tensor) -> Memory:
        """Keys and values of the other text (B, S, D), computed once however long the answer gets."""
        k = split_heads(self.to_k(source), self.heads)  # (B, H, S, K)
        v = split_heads(self.to_v(source), self.heads)  # (B, H, S, K)
        return Memory(k, v)

    def forward(self, x: Tensor, memory: Memory, mask: Tensor | None = None) -> tuple[Tensor, MultiHeadTrace]:
        q = split_heads(self.to_q(x), self.heads)  # (B, H, T, K)
        attention = scaled_dot_product(q, memory.k, memory.v, mask)
        y = self.to_out(merge_heads(attention.output))  # (B, T, D)
        return y, MultiHeadTrace(q, memory.k, memory.v, *attention)
