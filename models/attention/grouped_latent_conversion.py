"""Latent attention made from a trained layer with grouped queries, whose key/value heads are few already.

Paper: Meng et al. 2025, "TransMLA: Multi-Head Latent Attention Is All You Need": the conversion of
``models.attention.latent_conversion``, on the key/value heads that there are instead of one for each query head.

Symbols
    D  width     H, G  query and key/value heads     n = H/G     K  head width     R  latent width     P  rotary width
    C = E[x xᵀ] of the layer's inputs x, (D, D)
"""

from typing import TypeVar

import torch
from torch import Tensor

from models.attention.grouped_query import GroupedQueryAttention
from models.attention.latent import MultiHeadLatentAttention
from models.attention.latent_conversion import ChosenFrequencies, Split, low_rank, split_keys
from models.position.rope import RoPE

M = TypeVar("M", bound=MultiHeadLatentAttention)


def regularised(C: Tensor, share: float = 0.02) -> Tensor:
    """(1 − s) C + s · tr(C)/D · 1: a C of few texts says nothing of most directions.  (D, D)"""
    return (1 - share) * C + share * C.trace() / len(C) * torch.eye(len(C), dtype=C.dtype)


def repeated(weight: Tensor, kv_heads: int, n: int) -> Tensor:
    """Rows of each key/value head for each of its n query heads: (G·K, R) → (H·K, R)."""
    return weight.unflatten(0, (kv_heads, -1)).repeat_interleave(n, dim=0).flatten(0, 1)


def split_grouped(
    to_q: Tensor, to_k: Tensor, C: Tensor, kv_heads: int, n: int, rotary: int, longest: int, theta: Tensor
) -> Split:
    """``split_keys`` of the G key heads; the n queries of a group meet the same mixture.

    Its q_rotary is (G, n) in the order of the heads, (H·P, D); its k_content has G heads, (G·K, D).
    """
    members = to_q.unflatten(0, (kv_heads, n, -1))  # (G, n, K, D)
    splits = [split_keys(members[:, j].flatten(0, 1), to_k, C, kv_heads, rotary, longest, theta) for j in range(n)]
    queries = torch.stack([one.q_rotary.unflatten(0, (kv_heads, -1)) for one in splits], dim=1)  # (G, n, P, D)
    return splits[0]._replace(q_rotary=queries.flatten(0, 2))


def to_grouped_latent(
    kind: type[M], attention: GroupedQueryAttention, position: RoPE, C: Tensor, latent: int, rotary: int, longest: int
) -> M:
    """The trained layer as latent attention; with P = GK and R large enough it computes what it did before.

    ``position`` is the layer's own RoPE, of which the frequencies are taken.
    """
    G, n = attention.kv_heads, attention.heads // attention.kv_heads
    q, k, v = (part.weight.detach().double() for part in (attention.to_q, attention.to_k, attention.to_v))
    K = len(q) // attention.heads
    split = split_grouped(q, k, C, G, n, rotary, longest, position.frequencies(K))
    made = kind(len(C), attention.heads, K, latent, rotary, ChosenFrequencies(split.theta.float()))
    k_size, v_size = ((part @ C * part).mean().sqrt() for part in (split.k_content, v))
    up, down = low_rank(torch.cat([split.k_content / k_size, v / v_size]), C, latent)
    up_k, up_v = (repeated(part, G, n) for part in up.split([len(k), len(v)]))
    louder = made.scale / K**0.5
    weights = {
        "to_q": louder * q, "to_q_rotary": louder * split.q_rotary, "to_rotary_key": split.k_rotary,
        "to_latent": down, "to_k": up_k * k_size, "to_v": up_v * v_size, "to_out": attention.to_out.weight.detach(),
    }  # fmt: skip
    made.load_state_dict({f"{name}.weight": weight.float() for name, weight in weights.items()}, assign=True)
    return made
