"""Counting the numbers that are read from, and written to, a memory that is large and slow.

Papers: Milakov & Gimelshein 2018, "Online normalizer calculation for softmax", sections 2 and 3 (accesses of a score);
Dao et al. 2022, "FlashAttention", section 2.1 (HBM and on-chip SRAM).

Symbols
    z  scores of one row (N,)
"""

from torch import Tensor

from models.attention.online_softmax import fold, nothing_yet, one_pass, weighted_mean


class SlowMemory:
    """A counter to pass tensors through: what goes through ``read`` or ``write`` has travelled."""

    def __init__(self) -> None:
        self.reads = 0
        self.writes = 0

    @property
    def accesses(self) -> int:
        return self.reads + self.writes

    def read(self, x: Tensor) -> Tensor:
        self.reads += x.numel()
        return x

    def write(self, x: Tensor) -> Tensor:
        self.writes += x.numel()
        return x


def naive_with(memory: SlowMemory, z: Tensor) -> Tensor:
    """d = Σ exp(z), then exp(z) / d: each score read twice and written once."""
    d = memory.read(z).exp().sum()
    return memory.write(memory.read(z).exp() / d)


def safe_with(memory: SlowMemory, z: Tensor) -> Tensor:
    """m = max z, then d = Σ exp(z − m), then exp(z − m) / d: read three times and written once."""
    m = memory.read(z).max()
    d = (memory.read(z) - m).exp().sum()
    return memory.write((memory.read(z) - m).exp() / d)


def online_with(memory: SlowMemory, z: Tensor) -> Tensor:
    """m and d in one pass, then exp(z − m) / d: read twice and written once."""
    m, d, _ = one_pass(memory.read(z))
    return memory.write((memory.read(z) - m[-1]).exp() / d[-1])


def naive_mean_with(memory: SlowMemory, z: Tensor, v: Tensor) -> Tensor:
    """Σ exp(z) v / Σ exp(z) of values (N, K): each score read once, and exp(z) may overflow."""
    powers = memory.read(z).exp()
    return powers @ v / powers.sum()


def safe_mean_with(memory: SlowMemory, z: Tensor, v: Tensor) -> Tensor:
    """The same with m first: each score read twice."""
    m = memory.read(z).max()
    powers = (memory.read(z) - m).exp()
    return powers @ v / powers.sum()


def online_mean_with(memory: SlowMemory, z: Tensor, v: Tensor) -> Tensor:
    """The same with the weighted sum carried along, one score at a time: each read once, and nothing overflows."""
    state = nothing_yet(z[:1], v.shape[-1])
    for score, value in zip(z.split(1), v.split(1)):
        state = fold(state, memory.read(score)[None], value)
    return weighted_mean(state)[0]
