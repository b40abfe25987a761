"""Retention: attention without the softmax, which can therefore also be run as a recurrence.

Paper: Sun et al. 2023, "Retentive Network: A Successor to Transformer for Large Language Models", section 2.1
(equations 5, 6 and 7) and 2.2 (equation 8).

Symbols
    x  input (B, T, D)        q, k  (B, H, T, K)      v  (B, H, T, K)      S  state (B, H, K, K)
    H  heads                  K  head width           γ  decay of a head (H,)        Z  tokens of a chunk
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import group_norm, silu

from models.attention.masks import distances
from models.attention.multi_head import merge_heads, split_heads
from models.position.rope import RoPE

Retain = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""q, k, v and γ → the heads' outputs (B, H, T, K); the three forms below give the same."""


def decays(heads: int) -> Tensor:
    """γ_h = 1 − 2^(−5−h): each head forgets half as fast as the one before.  Equation 8."""
    return 1 - 2.0 ** (-5 - torch.arange(heads))


def short_text_decays(heads: int) -> Tensor:
    """γ_h = 1 − 2^(−2−h): half-lives of 2, 5, 11 and 22 tokens, an eighth of the paper's, for texts of 64 tokens."""
    return 1 - 2.0 ** (-2 - torch.arange(heads))


def decay_mask(tokens: int, gamma: Tensor) -> Tensor:
    """D_nm = γ^(n−m) where n ≥ m, else 0: the causal mask and the fading in one.  Equation 5.  (H, T, T)"""
    distance = distances(tokens, device=gamma.device)  # (T, T)
    return torch.where(distance >= 0, gamma[:, None, None] ** distance.clamp(min=0), 0.0)


def parallel(q: Tensor, k: Tensor, v: Tensor, gamma: Tensor) -> Tensor:
    """(Q Kᵀ ⊙ D) V, all tokens at once: for training.  Equation 5."""
    return (q @ k.transpose(-2, -1) * decay_mask(q.shape[-2], gamma)) @ v


def recurrent(q: Tensor, k: Tensor, v: Tensor, gamma: Tensor) -> Tensor:
    """S_n = γ S_{n−1} + kₙᵀ vₙ, output qₙ S_n: the same cost for every token, however many came before.  Equation 6."""
    state, outputs = torch.zeros_like(k[:, :, 0, :, None] * v[:, :, 0, None]), []
    for n in range(q.shape[2]):
        state = gamma[:, None, None] * state + k[:, :, n, :, None] * v[:, :, n, None]
        outputs.append((q[:, :, n, None] @ state).squeeze(-2))
    return torch.stack(outputs, dim=2)


def chunkwise(q: Tensor, k: Tensor, v: Tensor, gamma: Tensor, chunk: int = 16) -> Tensor:
    """Parallel inside a chunk, recurrent between chunks: for long texts.  Equation 7."""
    state, outputs = torch.zeros_like(k[:, :, 0, :, None] * v[:, :, 0, None]), []
    for some_q, some_k, some_v in zip(*(part.split(chunk, dim=2) for part in (q, k, v)), strict=True):
        Z = some_q.shape[2]
        since = gamma[:, None] ** torch.arange(1, Z + 1, device=gamma.device)  # (H, Z)
        left = gamma[:, None] ** torch.arange(Z - 1, -1, -1, device=gamma.device)  # (H, Z)
        outputs.append(parallel(some_q, some_k, some_v, gamma) + (some_q @ state) * since[..., None])
        written = some_k.transpose(-2, -1) @ (some_v * left[..., None])  # (B, H, K, K)
        state = gamma[:, None, None] ** Z * state + written  # (B, H, K, K)
    return torch.cat(outputs, dim=2)


class RetentionTrace(NamedTuple):
    """Queries and keys already turned to their positions."""

    q: Tensor  # (B, H, T, K)
    k: Tensor  # (B, H, T, K)
    v: Tensor  # (B, H, T, K)
    retained: Tensor  # (B, H, T, K)
    gate: Tensor  # (B, T, D)


class MultiScaleRetention(nn.Module):
    """(swish(X W_G) ⊙ GroupNorm(heads)) W_O.  Equation 8; the norm makes the size of a head's scores irrelevant."""

    def __init__(
        self, width: int, heads: int, retain: Retain = parallel, rates: Callable[[int], Tensor] = decays
    ) -> None:
        super().__init__()
        self.heads, self.retain, self.rates, self.position = heads, retain, rates, RoPE()
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(width, width, bias=False)
        self.to_v = nn.Linear(width, width, bias=False)
        self.to_gate = nn.Linear(width, width, bias=False)
        self.to_out = nn.Linear(width, width, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, RetentionTrace]:
        where = torch.arange(x.shape[1], device=x.device)  # (T,)
        q = self.position.turn(split_heads(self.to_q(x), self.heads), where)  # (B, H, T, K)
        k = self.position.turn(split_heads(self.to_k(x), self.heads), where)  # (B, H, T, K)
        v = split_heads(self.to_v(x), self.heads)  # (B, H, T, K)
        k = k / k.shape[-1] ** 0.5  # (B, H, T, K)
        retained = self.retain(q, k, v, self.rates(self.heads).to(x.device))  # (B, H, T, K)
        normed = group_norm(merge_heads(retained).flatten(0, 1), self.heads).view_as(x)  # (B, T, D)
        gate = silu(self.to_gate(x))  # (B, T, D)
        return self.to_out(gate * normed), RetentionTrace(q, k, v, retained, gate)
