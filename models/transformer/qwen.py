"""What Qwen's decoders add to Llama's: biases on queries, keys and values; later, normalised queries and keys.

Papers: Yang et al. 2024, "Qwen2 Technical Report", section 2.2.1 (a bias on Q, K and V);
Yang et al. 2025, "Qwen3 Technical Report", section 2 (no bias, each head's queries and keys normalised).

Symbols
    x  input (..., D)       W  projection (H·K, D)       H  heads       K  head width
"""

from torch import Tensor, nn

from models.attention.grouped_query import GroupedQueryAttention
from models.layers.rmsnorm import RMSNorm
from models.transformer.decoder import Decoder


class NormedProjection(nn.Linear):
    """norm(xW) for each head by itself: no query or key can grow, so no score can."""

    def __init__(self, width: int, heads: int, head_width: int, epsilon: float) -> None:
        super().__init__(width, heads * head_width, bias=False)
        self.heads = heads
        self.norm = RMSNorm(head_width, epsilon)

    def forward(self, x: Tensor) -> Tensor:
        heads = super().forward(x).unflatten(-1, (self.heads, -1))  # (..., H, K)
        normed: Tensor = self.norm(heads)
        return normed.flatten(-2)


def with_biases(model: Decoder) -> Decoder:
    """The decoder with xW + b for queries, keys and values, as in Qwen2; built anew, so its weights are to come."""
    for attention in attentions(model):
        for name in ("to_q", "to_k", "to_v"):
            plain = getattr(attention, name)
            setattr(attention, name, nn.Linear(plain.in_features, plain.out_features))
    return model


def with_normed_heads(model: Decoder, epsilon: float) -> Decoder:
    """The decoder with normalised queries and keys, as in Qwen3; built anew, so its weights are to come."""
    config = model.config
    for attention in attentions(model):
        for name, heads in (("to_q", config.heads), ("to_k", config.kv_heads)):
            setattr(attention, name, NormedProjection(config.width, heads, config.head_width, epsilon))
    return model


def attentions(model: Decoder) -> list[GroupedQueryAttention]:
    return [module for module in model.modules() if isinstance(module, GroupedQueryAttention)]
