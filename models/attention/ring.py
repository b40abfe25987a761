"""Ring attention: each device keeps its queries, while the blocks of keys and values go round.

Papers: Liu, Zaharia & Abbeel 2023, "Ring Attention with Blockwise Transformers for Near-Infinite Context", section 3
(the ring, and c ≥ F / B); Brandon et al. 2023, "Striped Attention", section 2 (every P-th token to a device).

Symbols
    q, k, v  (..., T, K)      P  devices      c  tokens per device, T/P
    K  head width             F  operations a second of a device     B  bytes a second between neighbours
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from models.attention.dot_product import attention_scores, masked
from models.attention.online_softmax import Running, fold, nothing_yet, weighted_mean


class Turn(NamedTuple):
    """What one device did in one round."""

    holder: int  # device
    origin: int  # whose keys and values it had
    pairs: int  # of a query and a visible key


def contiguous(T: int, P: int) -> list[Tensor]:
    """Device i reads the i-th contiguous chunk of the text."""
    return list(torch.arange(T).tensor_split(P))


def striped(T: int, P: int) -> list[Tensor]:
    """Device i reads the tokens i, i + P, i + 2P …: every device has early and late ones."""
    return [torch.arange(i, T, P) for i in range(P)]


def ring_attention(
    q: Tensor, k: Tensor, v: Tensor, places: Sequence[Tensor], rounds: int | None = None, causal: bool = True
) -> tuple[Tensor, list[list[Turn]]]:
    """softmax(Q Kᵀ / √K) V over P devices, and the turns of each round.

    In round r device i has the block of device (i − r) mod P, folds it into its running state, and passes it on.
    ``rounds`` below P leaves blocks unseen.
    """
    P = len(places)
    states: list[Running] = [nothing_yet(q[..., own, 0], v.shape[-1]) for own in places]
    turns: list[list[Turn]] = []
    for r in range(P if rounds is None else rounds):
        turns.append([])
        for i, own in enumerate(places):
            origin = (i - r) % P
            theirs = places[origin]
            visible = own[:, None] >= theirs if causal else torch.ones(len(own), len(theirs), dtype=torch.bool)
            turns[-1].append(Turn(i, origin, int(visible.sum())))
            if visible.any():
                scores = masked(attention_scores(q[..., own, :], k[..., theirs, :]), visible.to(q.device))
                states[i] = fold(states[i], scores, v[..., theirs, :])
    y = torch.empty_like(q)
    for own, state in zip(places, states):
        y[..., own, :] = weighted_mean(state)
    return y, turns


def sent_bytes(T: int, P: int, K: int, kv_heads: int, bytes_each: int) -> int:
    """2 · T/P · G · K · bytes · (P − 1): keys and values of a block, passed on P − 1 times by every device."""
    return 2 * (T // P) * kv_heads * K * bytes_each * (P - 1)


def block_seconds(c: float, d: float, F: float, B: float) -> tuple[float, float]:
    """4 d c² / F to compute a block of c queries by c keys, 4 d c / B to pass on its keys and values in 16 bits."""
    return 4 * d * c * c / F, 4 * d * c / B


def smallest_block(F: float, B: float) -> float:
    """c ≥ F / B: from that many tokens per device on, sending takes no longer than computing."""
    return F / B
