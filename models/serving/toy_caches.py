"""Small attention stacks of sampled sizes, whose caches are measured beside what the formula says."""

from typing import NamedTuple

import torch
from torch import Tensor

from models.attention.grouped_query import GroupedQueryAttention, repeat_kv
from models.seeding import seeded
from models.serving.kv_cache import KVCache, LayerCache, cache_bytes


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


class RepeatingCache(LayerCache):
    """Holds a copy of the keys and values for each query head: attention is the same, the memory is not."""

    def __init__(self, heads: int) -> None:
        self.heads = heads

    def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        return super().extend(repeat_kv(k, self.heads), repeat_kv(v, self.heads))


def toy_cache(draws: torch.Generator, repeated: bool, device: str) -> ToyCache:
    """Layers of grouped-query attention of sampled sizes read a random text, in two parts, into a cache.

    If ``repeated``, the cache holds a copy for each query head; the formula counts key/value heads all the same.
    """

    def pick(*choices: int) -> int:
        return choices[int(torch.randint(len(choices), (), generator=draws))]

    heads, head_width, layers, batch = pick(4, 8), pick(4, 8, 16), pick(1, 2, 3), pick(1, 2, 4)
    kv_heads = pick(1, heads // 2, heads)
    dtype = (torch.float32, torch.bfloat16)[pick(0, 1)]
    tokens, width = pick(6, 12, 24, 48), 16
    cache = KVCache(layers)
    if repeated:
        cache.layers = [RepeatingCache(heads) for _ in range(layers)]
    x = torch.randn(batch, tokens, width, generator=draws).to(device, dtype)
    for layer in cache.layers:
        attention = seeded(lambda: GroupedQueryAttention(width, heads, kv_heads, head_width), 0, device).to(dtype)
        for part in torch.split(x, -(-tokens // 2), dim=1):
            attention(part, cache=layer)
    kind = "MHA" if kv_heads == heads else "MQA" if kv_heads == 1 else "GQA"
    return ToyCache(kind, cache.bytes(), CacheSizes(layers, kv_heads, head_width, tokens, x.element_size(), batch))
