"""RWKV-4: attention without queries, whose weights fade with the distance, each channel at its own rate.

Paper: Peng et al. 2023, "RWKV: Reinventing RNNs for the Transformer Era", section 3: time mixing, channel mixing,
and WKV, the weighted average between them. Its recurrent form with a running maximum is the one of the paper's code.

Symbols
    x  input (B, T, D)      k, v  keys and values (B, T, D)      r  receptance (B, T, D)
    w  decay, above 0 (D,)  u  bonus of the current token (D,)   μ  share of the token itself (D,)
    a, b  sums of weighted values and of weights (B, D)          m  the exponent taken out of both (B, D)
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.masks import distances
from models.layers.token_shift import TokenShift

Average = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""w, u, k and v → WKV (B, T, D); the forms below give the same."""


def exponents(w: Tensor, u: Tensor, k: Tensor) -> Tensor:
    """k_i − (t − 1 − i) w before the current token, k_t + u for it, −∞ behind it.  (B, T, T, D)"""
    distance = distances(k.shape[1], device=k.device)[..., None]  # (T, T, 1)
    faded = torch.where(distance == 0, u, (1 - distance) * w)  # (T, T, D)
    return torch.where(distance >= 0, k[:, None] + faded, -torch.inf)


def parallel(w: Tensor, u: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """wkv_t = Σ e^{k_i − (t−1−i)w} v_i / Σ e^{k_i − (t−1−i)w}, the current token with e^{u + k_t}.  (B, T, D)"""
    return (exponents(w, u, k).softmax(dim=2) * v[:, None]).sum(dim=2)


def factored(w: Tensor, u: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The same as one matrix per channel times e^k: quicker, and exact while keys differ by less than about 80."""
    shared = torch.zeros_like(k[:1])  # (1, T, D)
    fading = exponents(w, u, shared)[0].exp().permute(2, 0, 1)  # (D, T, T)
    weight = (k - k.amax(dim=1, keepdim=True)).exp()  # (B, T, D)
    total = lambda signal: torch.einsum("dts,bsd->btd", fading, signal)
    return total(weight * v) / total(weight)


def recurrent(w: Tensor, u: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The same from two sums per channel, a ← e^{−w} a + e^k v and b ← e^{−w} b + e^k; e^m is taken out of both."""
    return chunkwise(w, u, k, v, chunk=1)


class Sums(NamedTuple):
    """The state: all that is kept of the tokens read."""

    a: Tensor  # (B, D) weighted values
    b: Tensor  # (B, D) weights
    m: Tensor  # (B, D) their common exponent


def chunkwise(w: Tensor, u: Tensor, k: Tensor, v: Tensor, chunk: int = 16) -> Tensor:
    """Parallel inside a chunk, recurrent between chunks."""
    zero = torch.zeros_like(k[:, 0])  # (B, D)
    state, outputs = Sums(zero, zero, zero - 1e30), []
    for some_k, some_v in zip(k.split(chunk, dim=1), v.split(chunk, dim=1), strict=True):
        output, state = one_chunk(w, u, some_k, some_v, state)
        outputs.append(output)
    return torch.cat(outputs, dim=1)


def one_chunk(w: Tensor, u: Tensor, k: Tensor, v: Tensor, state: Sums) -> tuple[Tensor, Sums]:
    """WKV of Z tokens behind a state, and the state behind them."""
    Z = k.shape[1]
    step = torch.arange(Z, device=k.device)[:, None]  # (Z, 1)
    inside = exponents(w, u, k)  # (B, Z, Z, D)
    before = state.m[:, None] - step * w  # (B, Z, D)
    top = torch.maximum(inside.amax(dim=2), before)  # (B, Z, D)
    weights, kept = (inside - top[:, :, None]).exp(), (before - top).exp()
    output = ((weights * v[:, None]).sum(dim=2) + kept * state.a[:, None]) / (
        weights.sum(dim=2) + kept * state.b[:, None]
    )  # (B, Z, D)
    written = k - (Z - 1 - step) * w  # (B, Z, D)
    m = torch.maximum(written.amax(dim=1), state.m - Z * w)  # (B, D)
    weight, left = (written - m[:, None]).exp(), (state.m - Z * w - m).exp()
    return output, Sums((weight * v).sum(dim=1) + left * state.a, weight.sum(dim=1) + left * state.b, m)


def half_life(w: Tensor) -> Tensor:
    """ln 2 / w: tokens after which the weight of a token has halved, channel by channel.  (D,)"""
    return math.log(2) / w


class TimeMixTrace(NamedTuple):
    """What the layer read, wrote and let through."""

    k: Tensor  # (B, T, D)
    v: Tensor  # (B, T, D)
    receptance: Tensor  # (B, T, D)
    wkv: Tensor  # (B, T, D)


class TimeMix(nn.Module):
    """(σ(r) ⊙ wkv) W_o: tokens are mixed along the text."""

    def __init__(self, width: int, average: Average = parallel) -> None:
        super().__init__()
        self.average = average
        self.shift_k, self.shift_v, self.shift_r = TokenShift(width), TokenShift(width), TokenShift(width)
        self.log_decay = nn.Parameter(torch.zeros(width))
        self.bonus = nn.Parameter(torch.zeros(width))
        self.to_k, self.to_v, self.to_r, self.to_out = (nn.Linear(width, width, bias=False) for _ in range(4))

    @property
    def decay(self) -> Tensor:
        """w = e^{log w}: above 0 for any weight.  (D,)"""
        return self.log_decay.exp()

    def forward(self, x: Tensor) -> tuple[Tensor, TimeMixTrace]:
        k, v = self.to_k(self.shift_k(x)), self.to_v(self.shift_v(x))  # (B, T, D)
        r = self.to_r(self.shift_r(x)).sigmoid()  # (B, T, D)
        wkv = self.average(self.decay, self.bonus, k, v)  # (B, T, D)
        return self.to_out(r * wkv), TimeMixTrace(k, v, r, wkv)
