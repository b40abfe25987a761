"""Multi-head latent attention: one small vector a token stands for the keys and values of all heads.

Paper: DeepSeek-AI 2024, "DeepSeek-V2", sections 2.1.2 and 2.1.3, equations 9 to 11 and 14 to 19. The compression of
the queries (equations 12 and 13) saves no cache and is left out. A norm of the latent (section 3.1.2) may be given.

Symbols
    x  input h (B, T, D)      S  tokens seen so far: T and those in the cache
    B  batch     D  width     H  heads      K  head width of the content part
    R  latent width d_c       P  width of the rotary part, one key for all heads
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.dot_product import attention_weights, masked, mix
from models.attention.multi_head import merge_heads, split_heads
from models.position.rope import RoPE
from models.position.scheme import NoPosition, PositionScheme
from models.serving.kv_cache import LayerCache


class LatentTrace(NamedTuple):
    """What is cached, and the three steps of attention."""

    latent: Tensor  # (B, 1, S, R)
    rotary_key: Tensor  # (B, 1, S, P)
    scores: Tensor  # (B, H, T, S)
    weights: Tensor  # (B, H, T, S)
    output: Tensor  # (B, H, T, K)


def expand(latent: Tensor, up: Tensor) -> Tensor:
    """k^C = W^UK c and v^C = W^UV c, head by head: (B, 1, S, R) and (H, K, R) → (B, H, S, K)."""
    return torch.einsum("bgsr,hkr->bhsk", latent, up)


def absorb(q: Tensor, up: Tensor) -> Tensor:
    """(W^UK)ᵀ q: since q · (W^UK c) = ((W^UK)ᵀ q) · c, queries can meet the latents: (B, H, T, K) → (B, H, T, R)."""
    return torch.einsum("bhtk,hkr->bhtr", q, up)


def joint_scores(q: Tensor, k: Tensor, q_rotary: Tensor, k_rotary: Tensor, scale: float) -> Tensor:
    """([q^C; q^R] · [k^C; k^R]) / √(K + P): what is said and where it stands add up (equation 18)."""
    return (q @ k.transpose(-2, -1) + q_rotary @ k_rotary.transpose(-2, -1)) / scale


class MultiHeadLatentAttention(nn.Module):
    """Keys and values are expanded from the cached latents whenever they are needed."""

    def __init__(
        self,
        width: int,
        heads: int,
        head_width: int,
        latent: int,
        rotary: int,
        position: PositionScheme | None = None,
        norm: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.heads, self.scale = heads, math.sqrt(head_width + rotary)
        self.position = position or RoPE()
        self.content_position: PositionScheme = NoPosition()
        self.norm = norm or nn.Identity()
        self.to_q = nn.Linear(width, heads * head_width, bias=False)
        self.to_q_rotary = nn.Linear(width, heads * rotary, bias=False)
        self.to_latent = nn.Linear(width, latent, bias=False)
        self.to_k = nn.Linear(latent, heads * head_width, bias=False)
        self.to_v = nn.Linear(latent, heads * head_width, bias=False)
        self.to_rotary_key = nn.Linear(width, rotary, bias=False)
        self.to_out = nn.Linear(heads * head_width, width, bias=False)

    def up(self, projection: nn.Linear) -> Tensor:
        """W^UK or W^UV, head by head: (H, K, R)."""
        return projection.weight.unflatten(0, (self.heads, -1))

    def attend(self, q: Tensor, latent: Tensor, q_rotary: Tensor, k_rotary: Tensor, mask: Tensor | None) -> LatentTrace:
        """The form that the equations have: 2HK numbers a token are made from R again and again."""
        seen = torch.arange(latent.shape[-2], device=latent.device)  # (S,)
        k = self.content_position.turn(expand(latent, self.up(self.to_k)), seen)  # (B, H, S, K)
        v = expand(latent, self.up(self.to_v))  # (B, H, S, K)
        scores = masked(joint_scores(q, k, q_rotary, k_rotary, self.scale), mask)  # (B, H, T, S)
        weights = attention_weights(scores)  # (B, H, T, S)
        return LatentTrace(latent, k_rotary, scores, weights, mix(weights, v))

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        cache: LayerCache | None = None,
        edit: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, LatentTrace]:
        """Attend over x and what the cache holds: the latents and the rotary key, nothing else."""
        T, held = x.shape[1], 0 if cache is None else len(cache)
        now = torch.arange(held, held + T, device=x.device)  # (T,)
        q = self.content_position.turn(split_heads(self.to_q(x), self.heads), now)  # (B, H, T, K)
        q_rotary = self.position.turn(split_heads(self.to_q_rotary(x), self.heads), now)  # (B, H, T, P)
        latent = self.norm(self.to_latent(x)).unsqueeze(1)  # (B, 1, T, R)
        k_rotary = self.position.turn(self.to_rotary_key(x).unsqueeze(1), now)  # (B, 1, T, P)
        if cache is not None:
            latent, k_rotary = cache.extend(latent, k_rotary)
        trace = self.attend(q, latent, q_rotary, k_rotary, mask)
        mixed = trace.output if edit is None else edit(trace.output)  # (B, H, T, K)
        return self.to_out(merge_heads(mixed)), trace._replace(output=mixed)


class AbsorbedLatentAttention(MultiHeadLatentAttention):
    """The same numbers with no expansion: queries are mapped to the latents, and the mixed latent is expanded once."""

    def attend(self, q: Tensor, latent: Tensor, q_rotary: Tensor, k_rotary: Tensor, mask: Tensor | None) -> LatentTrace:
        absorbed = absorb(q, self.up(self.to_k))  # (B, H, T, R)
        scores = masked(joint_scores(absorbed, latent, q_rotary, k_rotary, self.scale), mask)  # (B, H, T, S)
        weights = attention_weights(scores)  # (B, H, T, S)
        mixed = torch.einsum("bhtr,hkr->bhtk", mix(weights, latent), self.up(self.to_v))  # (B, H, T, K)
        return LatentTrace(latent, k_rotary, scores, weights, mixed)
