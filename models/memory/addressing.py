"""How a head of a neural Turing machine chooses rows of the memory, and how it reads and writes there.

Paper: Graves, Wayne & Danihelka 2014, "Neural Turing Machines", sections 3.1 to 3.3, equations 2 to 9.
Rows are counted round a circle: the last is a neighbour of the first.

Symbols
    M  memory (B, N, W): N rows of W numbers      k  key (B, W)      β  key strength (B, 1)      g  gate (B, 1)
    s  shift kernel (B, K): weights of the shifts −1, 0, +1 for K = 3      γ  sharpening (B, 1), at least 1
    w  weighting (B, N): the head's focus, sums to 1      e  erase vector (B, W)      a  add vector (B, W)
"""

from typing import NamedTuple

import torch
from torch import Tensor

SMALL = 1e-6
"""Added to lengths: an empty row has none."""


class Address(NamedTuple):
    """What a head asks for: key, its strength, gate, shift kernel, sharpening."""

    key: Tensor  # (B, W)
    strength: Tensor  # (B, 1)
    gate: Tensor  # (B, 1)
    kernel: Tensor  # (B, K)
    sharpening: Tensor  # (B, 1)


class Stages(NamedTuple):
    """The weighting after each of the four stages; the last is used."""

    content: Tensor  # (B, N)
    gated: Tensor  # (B, N)
    shifted: Tensor  # (B, N)
    sharpened: Tensor  # (B, N)


def similarity(key: Tensor, memory: Tensor) -> Tensor:
    """K(k, M(i)) = k · M(i) / (‖k‖ ‖M(i)‖)"""
    products = (memory @ key[..., None])[..., 0]  # (B, N)
    lengths = (memory.square().sum(-1) * key.square().sum(-1, keepdim=True)).sqrt()  # (B, N)
    return products / (lengths + SMALL)


def by_content(key: Tensor, strength: Tensor, memory: Tensor) -> Tensor:
    """wᶜ(i) = softmaxᵢ β K(k, M(i))"""
    return (strength * similarity(key, memory)).softmax(dim=-1)


def interpolated(content: Tensor, before: Tensor, gate: Tensor) -> Tensor:
    """wᵍ = g wᶜ + (1 − g) w of the step before"""
    return gate * content + (1 - gate) * before


def shifted(weighting: Tensor, kernel: Tensor) -> Tensor:
    """w̃(i) = Σⱼ wᵍ(j) s(i − j), round the circle"""
    reach = kernel.shape[-1] // 2
    moved = torch.stack([weighting.roll(by, dims=-1) for by in range(-reach, reach + 1)], dim=-1)  # (B, N, K)
    return (moved @ kernel[..., None])[..., 0]


def sharpened(weighting: Tensor, sharpening: Tensor) -> Tensor:
    """w(i) = w̃(i)^γ / Σⱼ w̃(j)^γ"""
    powers = (weighting / weighting.amax(dim=-1, keepdim=True)) ** sharpening  # (B, N) at most 1
    return powers / powers.sum(dim=-1, keepdim=True)


def address(asked: Address, before: Tensor, memory: Tensor) -> Stages:
    """The four stages in the paper's order, from the weighting of the step before."""
    content = by_content(asked.key, asked.strength, memory)  # (B, N)
    gated = interpolated(content, before, asked.gate)  # (B, N)
    moved = shifted(gated, asked.kernel)  # (B, N)
    return Stages(content, gated, moved, sharpened(moved, asked.sharpening))


def read(weighting: Tensor, memory: Tensor) -> Tensor:
    """r = Σᵢ w(i) M(i)"""
    return (weighting[..., None, :] @ memory)[..., 0, :]


def written(memory: Tensor, weighting: Tensor, erase: Tensor, add: Tensor) -> Tensor:
    """M'(i) = M(i) ⊙ (1 − w(i) e) + w(i) a"""
    rows = weighting[..., None]  # (B, N, 1)
    return memory * (1 - rows * erase[..., None, :]) + rows * add[..., None, :]
