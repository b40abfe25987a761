"""Key/value heads of a trained layer shared by fitting them to its inputs, in place of taking their mean.

Keys follow Meng et al. 2025, "TransMLA": at each rotary frequency the heads of a group are mixed by the first principal
component of their keys, which no score notices once the queries are mixed alike. Values keep the K best directions of
the group, and the output projection expands them.

Symbols
    D  width     H  heads     K  head width     F = K/2  frequencies of a head     G  key/value heads     n = H/G
    C = E[x xᵀ] of the layer's inputs x, (D, D)
"""

import copy

import torch
from torch import Tensor, nn

from models.attention.grouped_query import GroupedQueryAttention
from models.attention.latent_conversion import low_rank, pairs, rows, trained


def shared_keys(to_q: Tensor, to_k: Tensor, C: Tensor, heads: int, kv_heads: int) -> tuple[Tensor, Tensor]:
    """Queries (H·K, D) and keys (G·K, D) with scores nearest to those before, for rotary positions."""
    q, k = (pairs(weight, heads).unflatten(0, (kv_heads, -1)) for weight in (to_q, to_k))  # (G, n, F, D)
    together = torch.einsum("gnfd,de,gmfe->gfnm", k, C.to(k.dtype), k.conj())  # (G, F, n, n)
    u = torch.linalg.eigh(together)[1][..., -1]  # (G, F, n)
    key = torch.einsum("gfn,gnfd->gfd", u.conj(), k)  # (G, F, D)
    query = u.conj().transpose(1, 2)[..., None] * q  # (G, n, F, D)
    return rows(query.flatten(0, 1)), rows(key)


def shared_values(to_v: Tensor, to_out: Tensor, C: Tensor, heads: int, kv_heads: int) -> tuple[Tensor, Tensor]:
    """Values (G·K, D) and an output projection (D, H·K) with outputs nearest to those before."""
    groups = [low_rank(group, C, len(to_v) // heads) for group in to_v.chunk(kv_heads)]  # (n·K, K) and (K, D) each
    outputs = [out.unflatten(1, (heads // kv_heads, -1)) for out in to_out.chunk(kv_heads, dim=1)]  # (D, n, K) each
    mixed = [
        torch.einsum("dnk,nkj->dnj", out, up.unflatten(0, (heads // kv_heads, -1))).flatten(1)
        for out, (up, _) in zip(outputs, groups, strict=True)
    ]
    return torch.cat([down for _, down in groups]), torch.cat(mixed, dim=1)


def fit_key_value_heads(attention: GroupedQueryAttention, kv_heads: int, C: Tensor) -> GroupedQueryAttention:
    """The same layer with fewer key/value heads, fitted to its inputs; with as many as before it is unchanged."""
    H = attention.heads
    if attention.kv_heads != H or H % kv_heads:
        raise ValueError(f"{attention.kv_heads} key/value heads of {H} cannot be fitted by {kv_heads}")
    q, k, v = trained(attention)
    q, k = shared_keys(q, k, C, H, kv_heads)
    v, out = shared_values(v, attention.to_out.weight.detach().double(), C, H, kv_heads)
    fitted = copy.deepcopy(attention)
    fitted.kv_heads = kv_heads
    for layer, weight in ((fitted.to_q, q), (fitted.to_k, k), (fitted.to_v, v), (fitted.to_out, out)):
        layer.weight = nn.Parameter(weight.float())
        layer.out_features = len(weight)
    return fitted
