"""Small attention stacks of drawn sizes, whose caches are measured beside what the formula says."""

from typing import NamedTuple

import torch

from models.attention.grouped_query import GroupedQueryAttention
from models.seeding import seeded
from models.serving.kv_cache import KVCache, cache_bytes


class CacheSizes(NamedTuple):
    """The arguments of ``cache_bytes``."""

    layers: int
    kv_heads: int
    head_width: int
    tokens: int
    bytes_per_value: int
    batch: int


class ToyCache(NamedTuple):
    """A small attention stack that ran, the bytes its cache held, and the sizes that the formula is told."""

    kind: str  # MHA, GQA or MQA
    measured: int
    sizes: CacheSizes

    @property
    def formula(self) -> int:
        """Bytes."""
        return cache_bytes(*self.sizes)


def toy_cache(draws: torch.Generator, by_query_heads: bool, device: str) -> ToyCache:
    """Layers of grouped-query attention of drawn sizes read a drawn text, in two parts, into a cache.

    ``by_query_heads`` puts their number into the formula, where that of the key/value heads belongs.
    """

    def pick(*choices: int) -> int:
        return choices[int(torch.randint(len(choices), (), generator=draws))]

    heads, head_width, layers, batch = pick(4, 8), pick(4, 8, 16), pick(1, 2, 3), pick(1, 2, 4)
    kv_heads = pick(1, heads // 2, heads)
    dtype = (torch.float32, torch.bfloat16)[pick(0, 1)]
    tokens, width = pick(6, 12, 24, 48), 16
    cache = KVCache(layers)
    x = torch.randn(batch, tokens, width, generator=draws).to(device, dtype)
    for layer in cache.layers:
        attention = seeded(lambda: GroupedQueryAttention(width, heads, kv_heads, head_width), 0, device).to(dtype)
        for part in torch.split(x, -(-tokens // 2), dim=1):
            attention(part, cache=layer)
    kind = "MHA" if kv_heads == heads else "MQA" if kv_heads == 1 else "GQA"
    in_formula = heads if by_query_heads else kv_heads
    return ToyCache(kind, cache.bytes(), CacheSizes(layers, in_formula, head_width, tokens, x.element_size(), batch))
