"""Retention changed after training: a head taken out, other decays, and a decay that is off by one step.

Symbols as in ``retention.py``: q, k, v (B, H, T, K), γ (H,), S state (B, H, K, K), Z tokens of a chunk
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor

from models.statespace.retention import MultiScaleRetention, Retain, parallel
from models.statespace.sequence_model import SequenceModel


def without_head(head: int, retain: Retain = parallel) -> Retain:
    """The output of one head is 0; the norm of a head that is 0 is 0 as well."""

    def others(q: Tensor, k: Tensor, v: Tensor, gamma: Tensor) -> Tensor:
        output = retain(q, k, v, gamma)  # (B, H, T, K)
        kept = torch.arange(output.shape[1], device=output.device) != head  # (H,)
        return output * kept[:, None, None]

    return others


def one_decay(gamma: Tensor) -> Tensor:
    """One γ for all heads, with the geometric mean of their half-lives.  (H,)"""
    return (-(-gamma.log()).log().mean().exp()).exp().expand_as(gamma)


def retained_by(model: SequenceModel, retain: Retain, rates: Callable[[int], Tensor] | None = None) -> SequenceModel:
    """A copy of the model with another form of retention, or other decays."""
    other = copy.deepcopy(model)
    for layer in other.modules():
        if isinstance(layer, MultiScaleRetention):
            layer.retain = retain
            layer.rates = rates or layer.rates
    return other


def late_chunkwise(q: Tensor, k: Tensor, v: Tensor, gamma: Tensor, chunk: int = 16) -> Tensor:
    """As ``chunkwise``, but the state is read with γ^(n−1) where γⁿ is due: one step of fading is forgotten."""
    state, outputs = torch.zeros_like(k[:, :, 0, :, None] * v[:, :, 0, None]), []
    for some_q, some_k, some_v in zip(*(part.split(chunk, dim=2) for part in (q, k, v)), strict=True):
        Z = some_q.shape[2]
        since = gamma[:, None] ** torch.arange(Z, device=gamma.device)  # (H, Z), one step too few
        left = gamma[:, None] ** torch.arange(Z - 1, -1, -1, device=gamma.device)  # (H, Z)
        outputs.append(parallel(some_q, some_k, some_v, gamma) + (some_q @ state) * since[..., None])
        written = some_k.transpose(-2, -1) @ (some_v * left[..., None])  # (B, H, K, K)
        state = gamma[:, None, None] ** Z * state + written  # (B, H, K, K)
    return torch.cat(outputs, dim=2)
