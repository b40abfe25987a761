"""The key/value cache: what a decoder remembers so that no token is computed twice.

Paper: Pope et al. 2022, "Efficiently Scaling Transformer Inference", section 3.3.

Symbols
    L  layers     G  key/value heads     K  head width     T  tokens held     B  batch
"""

from typing import TypeVar

import torch
from torch import Tensor

Number = TypeVar("Number", int, float)


def cache_bytes(
    layers: int, kv_heads: int, head_width: int, tokens: Number, bytes_per_value: Number, batch: int = 1
) -> Number:
    """2 · L · G · K · T · bytes · B: the 2 is for keys and values; T is a mean where layers hold different numbers."""
    return 2 * layers * kv_heads * head_width * tokens * bytes_per_value * batch


class LayerCache:
    """The keys and values of one layer, grown at the end."""

    keys: Tensor | None = None  # (B, G, T, K)
    values: Tensor | None = None  # (B, G, T, K)

    def __len__(self) -> int:
        """Tokens held."""
        return 0 if self.keys is None else self.keys.shape[-2]

    def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Append those of the new tokens; return those of all tokens so far."""
        self.keys = k if self.keys is None else torch.cat([self.keys, k], dim=-2)
        self.values = v if self.values is None else torch.cat([self.values, v], dim=-2)
        return self.keys, self.values

    def tensors(self) -> list[Tensor]:
        return [held for held in (self.keys, self.values) if held is not None]


class KVCache:
    """One ``LayerCache`` a layer. Keys are kept as they were rotated, so their positions never change."""

    def __init__(self, layers: int) -> None:
        self.layers = [LayerCache() for _ in range(layers)]

    def __len__(self) -> int:
        """Tokens held."""
        return len(self.layers[0])

    def bytes(self) -> int:
        """Measured from the live tensors, not from the formula."""
        return sum(held.element_size() * held.nelement() for layer in self.layers for held in layer.tensors())

    def truncate(self, tokens: int) -> None:
        """Forget all but the first tokens."""
        for layer in self.layers:
            layer.keys, layer.values = (held[..., :tokens, :] for held in layer.tensors())

    def reorder(self, rows: Tensor) -> None:
        """Keep these rows of the batch (B',), in this order: what beam search does when a beam dies."""
        for layer in self.layers:
            layer.keys, layer.values = (held[rows] for held in layer.tensors())
