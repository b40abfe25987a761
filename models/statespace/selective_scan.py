"""The selective scan: a linear recurrence whose step is chosen by the input.

Papers: Gu & Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", sections 2 and 3.3;
Blelloch 1990, "Prefix Sums and Their Applications", section 1.4 (recurrences as scans).

Symbols
    x  input (B, T, C)           Δ  step, above 0 (B, T, C)        A  fixed, negative (C, N)
    B  what is written (B, T, N) C  what is read (B, T, N)         h  state (B, C, N)
    In the shapes: B batch, T tokens, C channels, N state size.
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Discrete(NamedTuple):
    """The recurrence in steps of one token: h_t = decay_t · h_{t−1} + write_t."""

    decay: Tensor  # (B, T, C, N)
    write: Tensor  # (B, T, C, N)


def discretised(x: Tensor, step: Tensor, a: Tensor, b: Tensor) -> Discrete:
    """Ā = exp(Δ A), B̄ x ≈ Δ B x.  Equation 4, with the simpler B̄ of the paper's code.

    A is a fixed parameter; it is selective only through Δ (section 3.5.2).
    """
    decay = (step[..., None] * a).exp()  # (B, T, C, N)
    write = (step * x)[..., None] * b[:, :, None]  # (B, T, C, N)
    return Discrete(decay, write)


def sequential_scan(decay: Tensor, write: Tensor) -> Tensor:
    """h_t = Ā_t h_{t−1} + B̄_t x_t, one token after another, from h = 0.  Equation 2a.  (B, T, C, N)"""
    h, states = torch.zeros_like(write[:, 0]), []
    for kept, written in zip(decay.unbind(1), write.unbind(1), strict=True):  # one gradient for all slices, not T
        h = kept * h + written
        states.append(h)
    return torch.stack(states, dim=1)


def parallel_scan(decay: Tensor, write: Tensor) -> Tensor:
    """The same states in ⌈log₂ T⌉ rounds: two steps are one, (a₂, b₂)∘(a₁, b₁) = (a₂ a₁, a₂ b₁ + b₂).

    After the round of distance s every place holds the sum of the 2s steps up to it. Few rounds for a device that does
    a whole round at once; on one thread log₂ T times the work, and slower than the loop.
    """
    distance = 1
    while distance < write.shape[1]:
        earlier_decay, earlier_write = decay[:, :-distance], write[:, :-distance]
        write = torch.cat([write[:, :distance], decay[:, distance:] * earlier_write + write[:, distance:]], dim=1)
        decay = torch.cat([decay[:, :distance], decay[:, distance:] * earlier_decay], dim=1)
        distance *= 2
    return write


def read_out(states: Tensor, c: Tensor, x: Tensor, d: Tensor) -> Tensor:
    """y_t = C_t h_t + D x_t.  Equation 2b, with the skip D of the code.  (B, T, C)"""
    return (states * c[:, :, None]).sum(dim=-1) + d * x


def hidden_attention(decay: Tensor, step: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """αᵢⱼ = Σₙ Cᵢ (∏_{j<k≤i} Ā_k) Δⱼ Bⱼ: how much of input j reaches output i, in every channel.  (B, C, T, T)

    Ali et al. 2024, "The Hidden Attention of Mamba Models", equation 12.
    """
    T = decay.shape[1]
    gone = decay.clamp(min=1e-38).log().cumsum(dim=1)  # (B, T, C, N)
    causal = torch.ones(T, T, dtype=torch.bool, device=decay.device).tril()  # (T, T)
    survived = (gone[:, :, None] - gone[:, None]).masked_fill(~causal[:, :, None, None], -torch.inf).exp()
    return torch.einsum("bin,bijcn,bjc,bjn->bcij", c, survived, step, b)


def relative_weights(hidden: Tensor) -> Tensor:
    """wᵢⱼ = mean over channels of |αᵢⱼ|, over the sum of its row: rows that add up to 1, as attention's.  (B, T, T)"""
    size = hidden.abs().mean(dim=1)  # (B, T, T)
    return size / size.sum(dim=-1, keepdim=True)
