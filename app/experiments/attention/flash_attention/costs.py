"""What the plain form and tiles hold, read, write and take, measured on random heads of the trained model's width."""

import time
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.attention.dot_product import scaled_dot_product
from models.attention.flash import all_tiles, flash_attention, plain_attention
from models.cost.hbm_traffic import SlowMemory
from models.cost.tensors_made import TensorsMade
from models.seeding import generator

HEAD_WIDTH = 16  # of the trained model
COUNTED = 256  # tokens for which accesses are counted
BLOCKS = (4, 8, 16, 32, 64, 128, 256)
KEYS_PER_TILE = 64  # where accesses are counted; their number changes nothing
LENGTHS, MOST_TILES = (32, 64, 128, 256), 256


class Sizes(NamedTuple):
    """The largest tensor made at each of some lengths."""

    lengths: list[int]
    plain: list[int]
    flash: list[int]


@memo
def largest_tensors(rows: int, columns: int) -> Sizes:
    """At lengths that take at most ``MOST_TILES``."""
    lengths = [T for T in LENGTHS if (T / rows) * (T / columns) <= MOST_TILES]
    found: list[tuple[int, int]] = []
    for T in lengths:
        q, k, v = torch.randn(3, T, HEAD_WIDTH, generator=generator(0))
        with TensorsMade() as plain:
            plain_attention(q, k, v, SlowMemory())
        with TensorsMade() as tiled:
            flash_attention(q, k, v, all_tiles(T, T, rows, columns))
        found.append((plain.largest, tiled.largest))
    return Sizes(lengths, *map(list, zip(*found)))


class Accesses(NamedTuple):
    """HBM reads and writes, counted as both forms ran on ``COUNTED`` tokens."""

    plain: int
    by_block: dict[int, int]  # queries per tile → by tiles


@memo
def accesses() -> Accesses:
    q, k, v = torch.randn(3, COUNTED, HEAD_WIDTH, generator=generator(0))
    plain = SlowMemory()
    plain_attention(q, k, v, plain)
    by_block = {}
    for R in BLOCKS[1:]:
        memory = SlowMemory()
        flash_attention(q, k, v, all_tiles(COUNTED, COUNTED, R, KEYS_PER_TILE), memory=memory)
        by_block[R] = memory.accesses
    return Accesses(plain.accesses, by_block)


@memo
def timed(device: str) -> tuple[float, float]:
    """Seconds of the plain form and of torch's fused one, eight heads of 512 tokens, the best of three."""
    q, k, v = torch.randn(3, 1, 8, 512, 64, generator=generator(0)).to(device)
    fused = torch.nn.functional.scaled_dot_product_attention

    def best(attend: Callable[[Tensor, Tensor, Tensor], Tensor]) -> float:
        spans = []
        for _ in range(3):
            started = time.perf_counter()
            attend(q, k, v).sum().item()
            spans.append(time.perf_counter() - started)
        return min(spans)

    return best(lambda q, k, v: scaled_dot_product(q, k, v).output), best(fused)
