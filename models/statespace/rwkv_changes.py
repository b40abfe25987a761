"""RWKV changed after training: other decays, and two well-known mistakes in its recurrent form.

Paper: Peng et al. 2023, "RWKV: Reinventing RNNs for the Transformer Era", section 3. The running maximum is described
for its CUDA kernel and stands in the transformers library as ``max_state``.

Symbols as in ``rwkv.py``: w decay (D,), u bonus (D,), k, v keys and values (B, T, D), a, b sums (B, D)
"""

import copy
import math
from collections.abc import Callable

import torch
from torch import Tensor

from models.statespace.rwkv_model import RWKV


def plainly(w: Tensor, u: Tensor, k: Tensor, v: Tensor, read: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """The recurrence with bare exponentials; ``read`` gives what is read of a sum before and after it has faded."""
    a, b, outputs = torch.zeros_like(k[:, 0]), torch.zeros_like(k[:, 0]), []  # (B, D)
    for t in range(k.shape[1]):
        weight, now = k[:, t].exp(), (u + k[:, t]).exp()  # (B, D)
        faded_a, faded_b = (-w).exp() * a, (-w).exp() * b  # (B, D)
        outputs.append((read(a, faded_a) + now * v[:, t]) / (read(b, faded_b) + now))
        a, b = faded_a + weight * v[:, t], faded_b + weight
    return torch.stack(outputs, dim=1)


def without_maximum(w: Tensor, u: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """a ← e^{−w} a + e^{k} v as written: e^k is infinite in 32 bits from k = 89 on.  (B, T, D)"""
    return plainly(w, u, k, v, lambda before, after: before)


def decayed_first(w: Tensor, u: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Sums that fade before they are read, not after: the token before counts e^{−w} too little.  (B, T, D)"""
    return plainly(w, u, k, v, lambda before, after: after)


def with_decays(model: RWKV, changed: Callable[[Tensor], Tensor]) -> RWKV:
    """A copy whose decays w (D,) of every layer are ``changed(w)``."""
    other = copy.deepcopy(model)
    for mix in other.time:
        mix.log_decay.data = changed(mix.decay.data).log()
    return other


def all_at(half_life: float) -> Callable[[Tensor], Tensor]:
    """ln 2 / half-life, for every channel."""
    return lambda w: torch.full_like(w, math.log(2) / half_life)


def one_decay(w: Tensor) -> Tensor:
    """One decay for every channel of the layer, with the geometric mean of their half-lives."""
    return w.log().mean().exp().expand_as(w).clone()


def exchanged(w: Tensor) -> Tensor:
    """The same decays, the fastest to the channel that had the slowest, and so on."""
    order = w.argsort()
    return w[order.flip(0)][order.argsort()]


def without_bonus(model: RWKV) -> RWKV:
    """A copy in which u = 0: the current token counts e^{k}, as one that came just before it."""
    other = copy.deepcopy(model)
    for mix in other.time:
        mix.bonus.data = torch.zeros_like(mix.bonus)
    return other


def permuted(model: RWKV) -> RWKV:
    """A copy with the channels of every time mixing in reverse order, all their weights with them."""
    other = copy.deepcopy(model)
    for mix in other.time:
        for into in (mix.to_k, mix.to_v, mix.to_r):
            into.weight.data = into.weight.data.flip(0)
        mix.to_out.weight.data = mix.to_out.weight.data.flip(1)
        mix.log_decay.data, mix.bonus.data = mix.log_decay.data.flip(0), mix.bonus.data.flip(0)
    return other
