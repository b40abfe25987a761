"""Queries look for earlier tokens through entries, an indexer and a window: what is found, kept and computed."""

from functools import cache
from typing import ClassVar, Literal, NamedTuple

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
    pool_gates,
    pooled,
)
from models.attention.sparse_selection import SparseSelection
from models.data.asked_tokens import FILLER, LOCAL, NEEDLE, A, Asked, C, M, asked_tokens
from models.language.held_out import seed_of
from models.language.pretrained_text_models import sparse_selection
from models.parameter_count import parameter_count
from models.seeding import normal, seeded

ROWS, TOKENS = 12, 96
Gates = Literal["trained", "uniform"]
Indexer = Literal["trained", "random"]
TOPS = (1, 2, 3, 4, 6, 8)
BLOCKS = (2, 4, 8)
HELD = 4096  # tokens of the text for which bytes are counted
LENGTHS = tuple(2**power for power in range(6, 18))


class CompressedControls(Controls):
    block: Literal[1, 2, 4, 8, 16] = Field(4, title="Tokens per entry m", description="Trained with 4")
    top: int = Field(3, ge=1, le=12, title="Entries picked k", description="For each query")
    window: int = Field(8, ge=0, le=16, title="Window W", description="Latest tokens, kept unmerged")
    gates: Gates = Field("trained", title="Gates", description="What a token counts in its entry; uniform: a mean")
    indexer: Indexer = Field("trained", title="Indexer", description="Random: the same size, before training")
    index_width: Literal[2, 4, 8, 16] = Field(4, title="Indexer width", json_schema_extra=MORE)
    needle: int = Field(
        0, ge=0, le=9, title="Fact shown", description="Queries for a fact, from the last back", json_schema_extra=MORE
    )
    renamed: ClassVar = {"gates=learned": "trained", "gates=even": "uniform"}


class Found(NamedTuple):
    """Shares of the queries, over all streams."""

    right: dict[int, float]  # kind → the content read is the one asked for
    mass: float  # attention on the needle’s entry
    picked: float  # needles whose entry is picked
    right_if_picked: float
    right_if_not: float


class CompressedResult(NamedTuple):
    controls: CompressedControls
    asked: Asked
    shown: int  # the query that is drawn, of the first stream
    trace: CompressedTrace
    right: Tensor  # (B, T) bool
    found: Found
    full: Found  # every token an entry of its own, all picked
    by_block: dict[int, dict[int, Found]]  # m → k → found
    work: dict[int, tuple[int, int, int]]  # tokens cached → multiplications of full attention, indexer, core
    bytes: tuple[int, int]  # kept for a text of HELD tokens, and by a full cache
    parameters: int


@memo
def tokens(seed: int, device: str) -> Asked:
    return Asked(*(part.to(device) for part in asked_tokens(ROWS, TOKENS, seed_of("evaluation", seed))))


@cache
def untrained(index_width: int) -> SparseSelection:
    return seeded(lambda: SparseSelection(index_width), 0).requires_grad_(False)


def selected(x: Tensor, s: Tensor, gates: str, indexer: str, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Gate logits, indexer queries and indexer keys of the tokens."""
    device = str(x.device)
    z, q_index, c_index = sparse_selection(width, device)(x, s)
    if indexer == "random":
        _, q_index, c_index = (part.to(device) for part in untrained(width)(x.cpu(), s.cpu()))
    return (z if gates == "trained" else torch.zeros_like(z)), q_index, c_index


def read(
    asked: Asked, m: int, k: int, window: int, gates: str, indexer: str, width: int
) -> tuple[CompressedTrace, Tensor, Found]:
    """Attend, and name each content read by the nearest of all contents."""
    z, q_index, c_index = selected(asked.x, asked.sought, gates, indexer, width)
    trace = compressed_sparse_attention(asked.q, asked.c, z, q_index, c_index, m, k, window)
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
def sweep(window: int, gates: str, indexer: str, width: int, seed: int, device: str) -> dict[int, dict[int, Found]]:
    asked = tokens(seed, device)
    return {m: {k: read(asked, m, k, window, gates, indexer, width)[2] for k in TOPS} for m in BLOCKS}


@memo
@torch.inference_mode()
def held_bytes(m: int, window: int, width: int) -> tuple[int, int]:
    """Bytes of the tensors that are kept for a text of random tokens, and of a full cache of its vectors."""
    x = normal(1, HELD, A + C + M, seed=0)
    c = x[..., : A + C].contiguous()
    z, _, c_index = sparse_selection(width)(x, c[..., :A])
    gates = pool_gates(z, m)
    kept = [pooled(c, gates), pooled(c_index, gates), c[:, HELD - window :]]
    entries, full = (sum(held.nelement() * held.element_size() for held in tensors) for tensors in (kept, [c]))
    return entries, full


@torch.inference_mode()
def run(controls: CompressedControls, device: str) -> CompressedResult:
    asked = tokens(controls.seed, device)
    learned = (controls.gates, controls.indexer, controls.index_width)
    trace, right, found = read(asked, controls.block, controls.top, controls.window, *learned)
    needles = torch.where(asked.kind[0] == NEEDLE)[0].flip(0).tolist() or [TOKENS - 1]
    return CompressedResult(
        controls=controls,
        asked=asked,
        shown=needles[min(controls.needle, len(needles) - 1)],
        trace=trace,
        right=right,
        found=found,
        full=read(asked, 1, TOKENS, 0, "trained", "trained", controls.index_width)[2],
        by_block=sweep(controls.window, *learned, controls.seed, device),
        work={T: work(controls, T) for T in LENGTHS},
        bytes=held_bytes(controls.block, controls.window, controls.index_width),
        parameters=parameter_count(sparse_selection(controls.index_width, device)),
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
    kept, whole = result.bytes
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
        "bytes_kept_share": kept / whole,
        "scores_of_the_core": controls.top + controls.window,
        "scores_of_the_indexer": longest // controls.block,
        "share_of_multiplications": (indexer + core) / full,
        "indexer_over_core_multiplications": indexer / core,
    }
