"""Tokens that ask for earlier ones through entries, an indexer and a window: what is found, kept and computed."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.attention.compressed_sparse import (
    CompressedTrace,
    compressed_sparse_attention,
    core_multiplications,
    indexer_multiplications,
    kept_numbers,
)
from models.data.asked_tokens import FILLER, LOCAL, NEEDLE, A, Asked, C, asked_tokens

ROWS, TOKENS = 12, 96
TOPS = (1, 2, 3, 4, 6, 8)
BLOCKS = (2, 4, 8)
LENGTHS = tuple(2**power for power in range(6, 18))


class CompressedControls(Controls):
    block: Literal[1, 2, 4, 8, 16] = Field(4, title="Tokens an entry, m")
    top: int = Field(3, ge=1, le=8, title="Entries picked, k", description="For each query")
    window: int = Field(8, ge=0, le=16, title="Window", description="Recent tokens kept as they are")
    gates: Literal["learned", "even"] = Field("learned", title="Gates of the pooling", description="Even: a plain mean")
    index_width: Literal[2, 4, 8, 16] = Field(4, title="Indexer width", json_schema_extra=MORE)


class Found(NamedTuple):
    """Shares of those asked for, over all streams."""

    right: dict[int, float]  # kind → the content read is the one asked for
    mass: float  # attention on the needle's entry, or on the needle in the window
    picked: float  # needles whose entry is picked
    right_if_picked: float
    right_if_not: float


class CompressedResult(NamedTuple):
    controls: CompressedControls
    asked: Asked
    trace: CompressedTrace
    right: Tensor  # (B, T) bool
    found: Found
    full: Found  # every token an entry of its own, all picked
    by_block: dict[int, dict[int, Found]]  # m → k → found
    work: dict[int, tuple[int, int, int]]  # tokens held → multiplications of full attention, indexer, core


@memo
def tokens(index_width: int, seed: int, device: str) -> Asked:
    return Asked(*(part.to(device) for part in asked_tokens(ROWS, TOKENS, index_width, seed)))


def read(asked: Asked, m: int, k: int, window: int, gates: str) -> tuple[CompressedTrace, Tensor, Found]:
    """Attend, and name each content read by its nearest in the book."""
    z = asked.z if gates == "learned" else torch.zeros_like(asked.z)
    trace = compressed_sparse_attention(asked.q, asked.c, z, asked.q_index, asked.c_index, m, k, window)
    named = (trace.read[..., A:] @ asked.book.T).argmax(dim=-1)
    seen = trace.weights.sum(dim=-1) > 0
    right = (named == asked.content.gather(1, asked.target)) & seen
    entry = asked.target // m
    needle = asked.kind == NEEDLE
    entries = trace.picked.shape[-1]
    mass = trace.weights[..., :entries].gather(-1, entry[..., None])[..., 0]
    picked = trace.picked.gather(-1, entry[..., None])[..., 0]

    def share(values: Tensor, among: Tensor) -> float:
        return values[among].float().mean().item() if among.any() else 0.0

    return (
        trace,
        right,
        Found(
            {kind: share(right, asked.kind == kind) for kind in (NEEDLE, LOCAL, FILLER)},
            share(mass, needle),
            share(picked, needle),
            share(right, needle & picked),
            share(right, needle & ~picked),
        ),
    )


@memo
@torch.inference_mode()
def sweep(window: int, gates: str, index_width: int, seed: int, device: str) -> dict[int, dict[int, Found]]:
    asked = tokens(index_width, seed, device)
    return {m: {k: read(asked, m, k, window, gates)[2] for k in TOPS} for m in BLOCKS}


@torch.inference_mode()
def run(controls: CompressedControls, device: str) -> CompressedResult:
    asked = tokens(controls.index_width, controls.seed, device)
    trace, right, found = read(asked, controls.block, controls.top, controls.window, controls.gates)
    return CompressedResult(
        controls,
        asked,
        trace,
        right,
        found,
        read(asked, 1, TOKENS, 0, "learned")[2],
        sweep(controls.window, controls.gates, controls.index_width, controls.seed, device),
        {T: work(controls, T) for T in LENGTHS},
    )


def work(controls: CompressedControls, T: int) -> tuple[int, int, int]:
    """Multiplications for a new token: full attention, the indexer, the core."""
    full = core_multiplications(A + C, T, 0)
    return (
        full,
        indexer_multiplications(T, controls.index_width, controls.block),
        core_multiplications(A + C, controls.top, controls.window),
    )


def measure(result: CompressedResult) -> Measurements:
    controls, found = result.controls, result.found
    longest = LENGTHS[-1]
    full, indexer, core = result.work[longest]
    kept = kept_numbers(longest, A + C, controls.index_width, controls.block, controls.window) / (longest * (A + C))
    return {
        "needle_recall": found.right[NEEDLE],
        "local_recall": found.right[LOCAL],
        "filler_recall": found.right[FILLER],
        "full_needle_recall": result.full.right[NEEDLE],
        "full_filler_recall": result.full.right[FILLER],
        "needles_picked": found.picked,
        "recall_if_picked": found.right_if_picked,
        "recall_if_not_picked": found.right_if_not,
        "recall_gained_by_picking": found.right_if_picked - found.right_if_not,
        "attention_on_the_needles_entry": found.mass,
        "share_of_numbers_kept": kept,
        "scores_of_the_core": controls.top + controls.window,
        "scores_of_the_indexer": longest // controls.block,
        "share_of_multiplications": (indexer + core) / full,
        "indexer_over_core_multiplications": indexer / core,
    }
