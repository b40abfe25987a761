"""FlashAttention: exact attention, tile by tile, and never a map of all scores.

Papers: Dao et al. 2022, "FlashAttention", section 3.1 and algorithm 1, section 3.2 (reads and writes);
Dao 2023, "FlashAttention-2", section 3.1, algorithm 1 (queries in the outer loop, one division at the end), used here.

Symbols
    q  queries (..., T, K)      T, S  query and key positions     R, C  rows and columns of a tile
    k, v  keys, values (..., S, K)    K  head width     m, d, o  as in online softmax, for the R rows of a tile
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from models.attention.dot_product import (
    Attend,
    AttentionTrace,
    attention_scores,
    attention_weights,
    masked,
    mix,
)
from models.attention.online_softmax import Rescale, Running, fold, nothing_yet, rescaling, weighted_mean
from models.cost.hbm_traffic import SlowMemory


class Tile(NamedTuple):
    """A block of queries and a block of keys."""

    rows: slice
    columns: slice


class TileStep(NamedTuple):
    """What is held in fast memory after a tile: its scores, which are then thrown away, and the running state."""

    tile: Tile
    scores: Tensor  # (..., R, C)
    state: Running


def all_tiles(T: int, S: int, R: int, C: int) -> list[Tile]:
    """Block row by block row, T/R · S/C of them; the last of a row or column may be smaller."""
    return [
        Tile(slice(i, min(i + R, T)), slice(j, min(j + C, S))) for i in range(0, T, R) for j in range(0, S, C)
    ]  # fmt: skip


def visible_tiles(tiles: Sequence[Tile], mask: Tensor) -> list[Tile]:
    """Those with at least one pair that is not masked: about half of them under a causal mask."""
    return [tile for tile in tiles if mask[tile.rows, tile.columns].any()]


def flash_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    tiles: Sequence[Tile],
    mask: Tensor | None = None,
    memory: SlowMemory | None = None,
    rescale: Rescale = rescaling,
) -> tuple[Tensor, list[TileStep]]:
    """softmax(Q Kᵀ / √K) V, and every step on the way.

    Queries are read from HBM once, keys and values once for every block of queries, outputs written once.
    A kernel works the mask (T, S) out from positions; here it is cut to the tile. The tiles of a block row must stand
    together.
    """
    memory = memory or SlowMemory()
    steps: list[TileStep] = []
    outputs: list[Tensor] = []
    for number, tile in enumerate(tiles):
        if number == 0 or tile.rows != tiles[number - 1].rows:
            block = memory.read(q[..., tile.rows, :])
            state = nothing_yet(block[..., 0], v.shape[-1])
        keys, values = memory.read(k[..., tile.columns, :]), memory.read(v[..., tile.columns, :])
        visible = None if mask is None else mask[tile.rows, tile.columns]
        scores = masked(attention_scores(block, keys), visible)
        state = fold(state, scores, values, rescale)
        steps.append(TileStep(tile, scores, state))
        if number + 1 == len(tiles) or tile.rows != tiles[number + 1].rows:
            outputs.append(memory.write(weighted_mean(state)))
    return torch.cat(outputs, dim=-2), steps


def plain_attention(q: Tensor, k: Tensor, v: Tensor, memory: SlowMemory, mask: Tensor | None = None) -> Tensor:
    """The same with scores and weights kept in HBM between the three steps (algorithm 0 of the paper)."""
    scores = memory.write(attention_scores(memory.read(q), memory.read(k)))
    weights = memory.write(attention_weights(masked(memory.read(scores), mask)))
    return memory.write(mix(memory.read(weights), memory.read(v)))


def flash_accesses(T: int, K: int, R: int) -> int:
    """2 T K + 2 T K · ⌈T / R⌉: queries and outputs once, keys and values for every block of R queries."""
    return 2 * T * K + 2 * T * K * -(-T // R)


def plain_accesses(T: int, K: int) -> int:
    """4 T K + 4 T²: the map is written and read twice."""
    return 4 * T * K + 4 * T * T


def flash_attend(R: int, C: int, rescale: Rescale = rescaling) -> Attend:
    """Flash attention as a part of a layer. Its trace has no scores and no weights: there never are any."""

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        if bias is not None:
            raise ValueError("a bias on the scores is not tiled here")
        tiles = all_tiles(q.shape[-2], k.shape[-2], R, C)
        mixed, _ = flash_attention(q, k, v, tiles, mask, rescale=rescale)
        return AttentionTrace(q.new_empty(0), q.new_empty(0), mixed)

    return attend
