"""Attention over an endless stream: a window of recent tokens, a few first ones, and places counted inside the cache.

Paper: Xiao et al. 2023, "Efficient Streaming Language Models with Attention Sinks", section 3.2 and figure 4.

Symbols
    x  input (B, T, D)     W  window, the token itself included     a … b − 1  the N old tokens that are kept
    B  batch     T  tokens     H  heads     K  head width     d  distances (T, N)
"""

from collections.abc import Callable

import torch
from torch import Tensor

from models.attention.dot_product import attention_scores, attention_weights, masked, mix
from models.attention.grouped_query import GroupedQueryAttention, repeat_kv
from models.attention.multi_head import MultiHeadTrace, merge_heads, split_heads
from models.position.scheme import PositionScheme
from models.serving.kv_cache import LayerCache


def cache_distance(T: int, window: int, kept: range, device: torch.device | None = None) -> Tensor:
    """d = W − 1 + min(b, t − W + 1) − s: tokens in the cache after s, up to t, once s has left the window. (T, N)"""
    t = torch.arange(T, device=device)[:, None]
    s = torch.arange(kept.start, kept.stop, device=device)
    return window - 1 + (t - window + 1).clamp(max=kept.stop) - s


class StreamingAttention(GroupedQueryAttention):
    """A trained layer with rotary positions behind a cache of W recent tokens and N kept ones."""

    def __init__(
        self, width: int, heads: int, kv_heads: int, head_width: int, position: PositionScheme,
        *, window: int, kept: range,
    ) -> None:  # fmt: skip
        super().__init__(width, heads, kv_heads, head_width, position)
        self.window, self.kept = window, kept

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        cache: LayerCache | None = None,
        edit: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, MultiHeadTrace]:
        """What reading token by token would compute, for all tokens at once; the slots of the cache are the keys.

        ``mask`` and ``cache`` are not used: window and kept tokens say what is there.
        """
        T, W, turn = x.shape[1], self.window, self.position.turn
        t = torch.arange(T, device=x.device)  # (T,)
        q = split_heads(self.to_q(x), self.heads)  # (B, H, T, K)
        k = repeat_kv(split_heads(self.to_k(x), self.kv_heads), self.heads)  # (B, H, T, K)
        v = repeat_kv(split_heads(self.to_v(x), self.kv_heads), self.heads)  # (B, H, T, K)

        recent = t[:, None] - torch.arange(W - 1, -1, -1, device=x.device)  # (T, W)
        in_full = attention_scores(turn(q, t), turn(k, t))  # (B, H, T, T)
        scores = [in_full.gather(-1, recent.clamp(min=0).expand(*q.shape[:3], W))]
        old = torch.arange(self.kept.start, min(self.kept.stop, T), device=x.device)  # (N,)
        d = cache_distance(T, W, self.kept, x.device)  # (T, N)
        scores = [attention_scores(turn(q, d[:, n]), k[:, :, s, None]) for n, s in enumerate(old)] + scores

        there = torch.cat([t[:, None] - old >= W, recent >= 0], dim=1)  # (T, N + W)
        slots = torch.cat([old.expand(T, -1), recent.clamp(min=0)], dim=1)  # (T, N + W)
        held = masked(torch.cat(scores, dim=-1), there)
        weights = attention_weights(held)
        in_text = torch.zeros_like(in_full).scatter_add(-1, slots.expand_as(weights), weights)  # (B, H, T, T)
        mixed = mix(in_text, v)  # (B, H, T, K)
        mixed = mixed if edit is None else edit(mixed)  # (B, H, T, K)
        return self.to_out(merge_heads(mixed)), MultiHeadTrace(q, k, v, held, weights, mixed)
