"""A key/value cache that never grows past its window: token i overwrites token i − W.

Paper: Jiang et al. 2023, "Mistral 7B", section 2, "Rolling Buffer Cache". The first N slots may be kept for good, as
attention sinks: Xiao et al. 2023, "Efficient Streaming Language Models with Attention Sinks", section 3.2 (whose
tokens are also renumbered; here each keeps the position it had).

Symbols
    W  window     N  sinks     i  position of a token     B  batch     G  key/value heads     K  head width
"""

import torch
from torch import Tensor

from models.serving.kv_cache import KVCache, LayerCache


def slot(position: int, window: int, sinks: int = 0) -> int:
    """i for the sinks, then N + (i − N) mod W: where the token at ``position`` is written."""
    return position if position < sinks else sinks + (position - sinks) % window


class RollingLayerCache(LayerCache):
    """The keys and values of the last W tokens of one layer, and of the first N."""

    def __init__(self, window: int, sinks: int = 0) -> None:
        self.window, self.sinks, self.seen = window, sinks, 0

    def __len__(self) -> int:
        """Tokens seen, of which at most W + N are held."""
        return self.seen

    def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Write one token, (B, G, 1, K); return all slots. Attention does not care for their order."""
        if k.shape[-2] != 1:
            raise ValueError(f"a rolling buffer takes one token at a time, got {k.shape[-2]}")
        at = slot(self.seen, self.window, self.sinks)
        self.seen += 1
        if self.keys is None or self.values is None or at == self.keys.shape[-2]:
            return super().extend(k, v)
        self.keys[..., at : at + 1, :], self.values[..., at : at + 1, :] = k, v
        return self.keys, self.values


def rolling_cache(layers: int, window: int, sinks: int = 0, full: tuple[int, ...] = ()) -> KVCache:
    """A rolling buffer for every layer; those in ``full`` remember everything.

    A decoder that uses it needs ``mask=EVERYTHING_HELD``: what lies outside the window is not there to be masked.
    """
    cache = KVCache(layers)
    cache.layers = [LayerCache() if layer in full else RollingLayerCache(window, sinks) for layer in range(layers)]
    return cache


EVERYTHING_HELD = torch.ones(1, 1, dtype=torch.bool)
"""(T = 1, any S): the new token may look at every slot."""
