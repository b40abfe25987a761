"""Trained Transformer-XLs on texts of moves and questions: which cache, how long, and with which positions."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.moved_things import NOT_ASKED, Moved, texts
from models.interpretability.segment_gradients import gradient_by_distance
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.segment_memory import TRAININGS, pretrained
from models.transformer.segments import SEGMENT, recomputed, segments
from models.transformer.transformer_xl import TransformerXL

TEXTS, SEGMENTS = 64, 7
FIRST = 3
"""The first segment that is measured: before it, the longest cache is not full."""
BANDS = tuple((low, low + 8) for low in range(1, 64, 8))
"""Distances between a question and the move that answers it, in tokens."""
LEAST = 20
"""Questions below which no accuracy is given."""

Cache = Literal["of this text", "of another text", "of this text, recomputed"]
Positions = Literal["relative", "absolute"]


class MemoryControls(Controls):
    cache: Cache = Field("of this text", title="Cache")
    length: int = Field(16, ge=0, le=48, multiple_of=8, title="Cached tokens", description="16 in training")
    positions: Positions = Field("relative", title="Positions", description="Retrained for each")
    trained: Literal["with a cache", "without one"] = Field("with a cache", title="Trained")
    training: int = Field(0, ge=0, le=TRAININGS - 1, title="Training", description="Which of three trainings")


class Judged(NamedTuple):
    by_position: Tensor  # (SEGMENT,) accuracy of questions by their place in the segment
    by_distance: Tensor  # (BANDS,) and by the distance of the move; NaN where there are too few
    loss: float


class MemoryResult(NamedTuple):
    controls: MemoryControls
    chosen: Judged
    without: Judged  # the model trained without a cache, without one
    influence: Tensor  # (D,) largest change of a logit if the token d back is exchanged
    gradient: Tensor  # (D,) of the last logits by the embedding of the token d back
    parameters: int


def kind_of(c: MemoryControls) -> str:
    if c.trained == "without one":
        return "no cache"
    return "absolute" if c.positions == "absolute" else "cache"


def logits_of(model: TransformerXL, cache: Cache, length: int, ids: Tensor, others: Tensor) -> Tensor:
    if cache == "of this text, recomputed":
        return recomputed(model, ids, length)
    return segments(model, ids, length, others if cache == "of another text" else None)


def judged_on(logits: Tensor, given: Moved) -> Judged:
    start = FIRST * SEGMENT
    asked = given.answers[:, start:] != NOT_ASKED
    right = (logits.argmax(dim=-1) == given.answers)[:, start:]
    places = torch.arange(asked.shape[1]) % SEGMENT
    by_position = torch.stack([right[:, places == p][asked[:, places == p]].float().mean() for p in range(SEGMENT)])
    back, shares = given.back[:, start:], []
    for low, high in BANDS:
        chosen = asked & (back >= low) & (back < high)
        shares.append(right[chosen].float().mean() if chosen.sum() >= LEAST else torch.tensor(torch.nan))
    flat = logits[:, start:].flatten(0, 1), given.answers[:, start:].flatten()
    return Judged(by_position, torch.stack(shares), cross_entropy(*flat, ignore_index=NOT_ASKED).item())


@memo
@torch.inference_mode()
def judged(kind: str, training: int, cache: Cache, length: int, seed: int) -> Judged:
    given, others = (texts(TEXTS, SEGMENTS * SEGMENT, generator(seed + start)) for start in (50_000, 60_000))
    return judged_on(logits_of(pretrained(kind, training), cache, length, given.ids, others.ids), given)


@memo
@torch.inference_mode()
def influence(kind: str, training: int, cache: Cache, length: int, seed: int) -> Tensor:
    """Largest change of the last logits when the token d before is exchanged, d from 0 on: (FIRST + 1 segments,)."""
    model, T = pretrained(kind, training), (FIRST + 1) * SEGMENT
    base, other, third = (texts(1, T, generator(seed + start)).ids for start in (70_000, 80_000, 90_000))
    changed = base.repeat(T, 1)
    place = torch.arange(T)
    changed[place, T - 1 - place] = torch.where(other == base, third, other)[0, T - 1 - place]
    others = texts(1, T, generator(seed + 60_000)).ids
    plain = logits_of(model, cache, length, base, others)[:, -1]
    return (logits_of(model, cache, length, changed, others.expand(T, -1))[:, -1] - plain).abs().amax(dim=1)


@memo
def gradient(kind: str, training: int, length: int, seed: int) -> Tensor:
    """Norm of the gradient by the token d back, in the text of ``influence`` and with its cache: (D,)."""
    with torch.inference_mode(False):
        ids = texts(1, (FIRST + 1) * SEGMENT, generator(seed + 70_000)).ids
        return gradient_by_distance(pretrained(kind, training), ids, length)


@torch.inference_mode()
def run(controls: MemoryControls, device: str) -> MemoryResult:
    c, kind = controls, kind_of(controls)
    return MemoryResult(
        c, judged(kind, c.training, c.cache, c.length, c.seed),
        judged("no cache", c.training, "of this text", 0, c.seed),
        influence(kind, c.training, c.cache, c.length, c.seed), gradient(kind, c.training, c.length, c.seed),
        parameter_count(pretrained(kind, c.training)),
    )  # fmt: skip


def band(distance: int) -> int:
    return next(n for n, (low, high) in enumerate(BANDS) if low <= distance < high)


def measure(result: MemoryResult) -> Measurements:
    found, without = result.chosen, result.without
    half = 0
    for (_, high), share in zip(BANDS, found.by_distance.tolist(), strict=True):
        if not share > 0.5:
            break
        half = high - 1
    moved = (result.influence > 1e-4).nonzero()
    return {
        "start_accuracy": found.by_position[:4].mean().item(),
        "end_accuracy": found.by_position[-4:].mean().item(),
        "start_accuracy_without_cache": without.by_position[:4].mean().item(),
        "loss_nats": found.loss,
        "loss_without_cache_nats": without.loss,
        "near_accuracy": found.by_distance[: band(16)].mean().item(),
        "far_accuracy": found.by_distance[band(33) : band(48) + 1].nanmean().item(),
        "useful_reach_tokens": float(half),
        "reach_tokens": float(moved.max()) if len(moved) else 0.0,
        "gradient_across_the_cache": result.gradient[SEGMENT:].max().item(),
        "gradient_in_the_segment": result.gradient[:SEGMENT].max().item(),
        "cached_tokens": float(result.controls.length),
    }
