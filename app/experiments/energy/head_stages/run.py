"""One head over a small memory: its focus through the four stages, over many shifts, and along the order of writes."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.energy.focus_entropy import focus_entropy
from app.experiments.energy.head_stages.focus import REPEATS, over_shifts, smallest_sharpening, spread
from models.memory.addressing import Stages, by_content, interpolated, sharpened, shifted
from models.memory.linked_memory import OrderTrace, followed, in_order
from models.seeding import generator

ROWS, WIDTH, REACH = 16, 16, 2
BEFORE, FOUND = 3, 9
"""The row where the head was, and the one that the key resembles."""
NOISE = 0.3
ITEMS, OCCUPIED = 8, 6

Follow = Literal["links", "links backwards", "next row"]


class StageControls(Controls):
    strength: float = Field(12.0, ge=0, le=60, title="Key strength β")
    gate: float = Field(1.0, ge=0, le=1, title="Gate g", description="1: where the key leads; 0: where the head was")
    shift: Literal[-1, 0, 1] = Field(1, title="Shift")
    blur: float = Field(
        0.1, ge=0, le=0.3, title="Blur of the shift", description="Weight of the shift one row short, and one too far"
    )
    sharpening: float = Field(3.0, ge=1, le=10, title="Sharpening γ")
    order: Literal["gate, then shift", "shift, then gate"] = Field("gate, then shift", title="Order of the stages")
    follow: Follow = Field("links", title="Rows written in turn are read by")
    write_gate: float = Field(
        1.0, ge=0.5, le=1, title="Write gate", description="Share of each write that is carried out"
    )


class StageResult(NamedTuple):
    controls: StageControls
    memory: Tensor  # (N, W)
    key: Tensor  # (W,)
    before: Tensor  # (N,)
    kernel: Tensor  # (K,) weights of the shifts −2 to 2
    stages: Stages  # (N,) each
    focus: Tensor  # (R + 1, N) after 0, 1, … shifts
    unsharpened: Tensor  # (R + 1, N) the same with γ = 1
    smallest: float  # sharpening that keeps half of the weight on one row
    items: Tensor  # (T, W) in the order in which they were written
    trace: OrderTrace  # (1, …)
    step: Tensor  # (N, N) how a reading moves on
    readings: Tensor  # (T, N)
    recalled: Tensor  # (T, W)


def kernel_of(shift: int, blur: float) -> Tensor:
    """Weights of the shifts −2 to 2: 1 − 2b at ``shift``, b on either side of it."""
    places = torch.arange(-REACH, REACH + 1) - shift  # (K,)
    return torch.where(places == 0, 1 - 2 * blur, torch.where(places.abs() == 1, blur, 0.0))


def stages_of(c: StageControls, key: Tensor, before: Tensor, memory: Tensor, kernel: Tensor) -> Stages:
    """The paper's four stages; in the other order the focus before is shifted, then the gate takes effect."""
    content = by_content(key, torch.tensor([c.strength]), memory)
    if c.order == "gate, then shift":
        gated = interpolated(content, before, torch.tensor([c.gate]))
        moved = shifted(gated, kernel)
    else:
        gated = shifted(before, kernel)
        moved = interpolated(content, gated, torch.tensor([c.gate]))
    return Stages(content, gated, moved, sharpened(moved, torch.tensor([c.sharpening])))


@torch.inference_mode()
def run(controls: StageControls, device: str) -> StageResult:
    """On the CPU whatever the device: sixteen rows keep no other one busy."""
    c, draws = controls, generator(controls.seed)
    memory = torch.randn(ROWS, WIDTH, generator=draws)
    key = memory[FOUND] + NOISE * torch.randn(WIDTH, generator=draws)
    before = torch.eye(ROWS)[BEFORE]
    kernel = kernel_of(c.shift, c.blur)
    start = before.double()
    wide = kernel_of(c.shift, c.blur).double()
    items = torch.randint(2, (1, ITEMS, WIDTH), generator=draws) * 2.0 - 1
    occupied = torch.rand(ROWS, generator=draws).argsort()[:OCCUPIED]
    usage = 0.2 * torch.rand(ROWS, generator=draws)
    usage[occupied] = 1
    memory_of_items = torch.randn(ROWS, WIDTH, generator=draws)
    trace = in_order(items, memory_of_items[None], usage[None], c.write_gate)
    step = {
        "links": trace.links[0],
        "links backwards": trace.links[0].T,
        "next row": torch.eye(ROWS).roll(1, dims=0),
    }[c.follow]
    first = trace.writes[0, -1 if c.follow == "links backwards" else 0]
    readings, recalled = followed(step[None], (first / first.sum())[None], trace.memory, ITEMS)
    return StageResult(
        c, memory, key, before, kernel,
        stages_of(c, key, before, memory, kernel),
        over_shifts(start, wide, c.sharpening, REPEATS),
        over_shifts(start, wide, 1.0, REPEATS),
        smallest_sharpening(start, wide),
        items[0], trace, step, readings[0], recalled[0],
    )  # fmt: skip


def spreads(result: StageResult, focus: Tensor) -> list[float]:
    """The variance after each number of shifts, about the row where a sharp shift would have led."""
    c = result.controls
    return [spread(weighting, (BEFORE + c.shift * at) % ROWS) for at, weighting in enumerate(focus)]


def measure(result: StageResult) -> Measurements:
    c, stages = result.controls, result.stages
    at = lambda row: stages.sharpened[row % ROWS].item()
    wanted = result.items.flip(0) if c.follow == "links backwards" else result.items
    rows = result.trace.writes[0].argmax(-1)  # (T,)
    rows = rows.flip(0) if c.follow == "links backwards" else rows
    grows = spreads(result, result.unsharpened)
    return {
        "weight_at_the_found_row": at(FOUND),
        "weight_one_shift_on": at(FOUND + c.shift),
        "weight_found_by_content": stages.content[FOUND].item(),
        "entropy_by_content_bits": focus_entropy(stages.content),
        "entropy_gated_bits": focus_entropy(stages.gated),
        "entropy_shifted_bits": focus_entropy(stages.shifted),
        "entropy_sharpened_bits": focus_entropy(stages.sharpened),
        "focus_after_20_shifts": result.focus[-1].max().item(),
        "focus_after_20_shifts_unsharpened": result.unsharpened[-1].max().item(),
        "variance_per_shift_unsharpened": (grows[4] - grows[0]) / 4,
        "variance_per_shift": spreads(result, result.focus)[-1] / REPEATS,
        "smallest_sharpening": result.smallest,
        "bits_in_write_order": (result.recalled.sign() == wanted).float().mean().item(),
        "rows_in_write_order": (result.readings.argmax(-1) == rows).float().mean().item(),
        "adjacent_writes": float((result.trace.writes[0].argmax(-1).diff() == 1).sum()),
    }
