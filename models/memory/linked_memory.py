"""What the differentiable neural computer adds to addressing: free rows are allocated, and links keep the write order.

Paper: Graves et al. 2016, "Hybrid computing using a neural network with dynamic external memory" (Nature 538), Methods,
sections "Dynamic memory allocation" and "Temporal memory linkage".

Symbols
    u  usage (B, N): 0 free, 1 in use      a  allocation weighting (B, N)      w  write weighting (B, N)
    p  precedence (B, N): where was written last      L  links (B, N, N): L[i, j] near 1 if i was written right after j
    ψ  retention (B, N): share of each row's usage that is kept      r  read weighting (B, N)
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.memory.addressing import read, written


class Links(NamedTuple):
    """What is known of the order of writes."""

    links: Tensor  # (B, N, N)
    precedence: Tensor  # (B, N)


class OrderTrace(NamedTuple):
    """A number of items written one after the other."""

    usages: Tensor  # (B, T, N) before each write
    writes: Tensor  # (B, T, N)
    links: Tensor  # (B, N, N) after the last
    memory: Tensor  # (B, N, W)


def used(usage: Tensor, write: Tensor, retention: Tensor) -> Tensor:
    """u' = (u + w − u ⊙ w) ⊙ ψ"""
    return (usage + write - usage * write) * retention


def allocation(usage: Tensor) -> Tensor:
    """a[φ(j)] = (1 − u[φ(j)]) ∏ᵢ₌₁ʲ⁻¹ u[φ(i)], φ the rows in order of rising usage; of equals the first"""
    ascending, order = usage.sort(dim=-1, stable=True)  # (B, N)
    before = torch.cat([torch.ones_like(ascending[..., :1]), ascending[..., :-1]], dim=-1)  # (B, N)
    shares = (1 - ascending) * before.cumprod(dim=-1)  # (B, N)
    return torch.zeros_like(usage).scatter(-1, order, shares)


def linked(before: Links, write: Tensor) -> Links:
    """L'[i, j] = (1 − w[i] − w[j]) L[i, j] + w[i] p[j], L'[i, i] = 0, and p' = (1 − Σᵢ w[i]) p + w"""
    kept = 1 - write[..., :, None] - write[..., None, :]  # (B, N, N)
    links = kept * before.links + write[..., :, None] * before.precedence[..., None, :]  # (B, N, N)
    links = links * (1 - torch.eye(links.shape[-1], device=links.device))  # (B, N, N)
    return Links(links, (1 - write.sum(dim=-1, keepdim=True)) * before.precedence + write)


def forward_from(links: Tensor, reading: Tensor) -> Tensor:
    """f = L r: what was written after the row read last"""
    return (links @ reading[..., None])[..., 0]


def backward_from(links: Tensor, reading: Tensor) -> Tensor:
    """b = Lᵀ r: what was written before it"""
    return (links.transpose(-2, -1) @ reading[..., None])[..., 0]


def in_order(items: Tensor, memory: Tensor, usage: Tensor, strength: float = 1.0) -> OrderTrace:
    """Write ``items`` (B, T, W), each where the memory is free: w = ``strength`` · a, and nothing is freed."""
    state = Links(torch.zeros_like(memory[..., :1] * usage[..., None, :]), torch.zeros_like(usage))
    usages, writes = [], []
    for item in items.unbind(dim=1):
        write = strength * allocation(usage)  # (B, N)
        memory = written(memory, write, torch.ones_like(item), item)  # (B, N, W)
        state = linked(state, write)
        usages.append(usage)
        writes.append(write)
        usage = used(usage, write, torch.ones_like(usage))  # (B, N)
    return OrderTrace(torch.stack(usages, dim=1), torch.stack(writes, dim=1), state.links, memory)


def followed(step: Tensor, reading: Tensor, memory: Tensor, times: int) -> tuple[Tensor, Tensor]:
    """From a reading (B, N) on, ``times`` readings r ← S r with S (B, N, N): the weightings and the rows read."""
    readings = [reading]
    for _ in range(times - 1):
        readings.append((step @ readings[-1][..., None])[..., 0])
    weightings = torch.stack(readings, dim=1)  # (B, T, N)
    return weightings, read_all(weightings, memory)


def read_all(weightings: Tensor, memory: Tensor) -> Tensor:
    """r for every one of several weightings (B, T, N): (B, T, W)"""
    return torch.stack([read(weighting, memory) for weighting in weightings.unbind(dim=1)], dim=1)
