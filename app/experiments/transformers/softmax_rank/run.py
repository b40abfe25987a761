"""Softmax heads of eight widths, trained side by side on one table; and rows in the plane, some of them hidden."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.layers.softmax import entropy
from models.seeding import normal
from models.transformer.softmax_head import (
    Fits,
    excess_loss,
    planted,
    rows_permuted,
    shuffled_within_rows,
    winners,
)

CONTEXTS, TOKENS, RANK = 64, 64, 4
WIDTHS = [1, 2, 3, 4, 6, 8, 16, 32]
STEPS = 400
ANGLES = 20_000

Table = Literal["logits of rank 4", "shuffled within each row", "whole rows permuted"]
Lengths = Literal["as drawn", "all equal", "exchanged among rows"]


class RankControls(Controls):
    table: Table = Field("logits of rank 4", title="Table to be learned", description="64 contexts × 64 tokens")
    width: Literal[1, 2, 3, 4, 6, 8, 16, 32] = Field(4, title="Width shown")
    lengths: Lengths = Field("as drawn", title="Lengths of the rows in the plane")
    steps: int = Field(STEPS, ge=50, le=800, multiple_of=50, title="Steps of training", json_schema_extra=MORE)


class RankResult(NamedTuple):
    controls: RankControls
    P: Tensor  # (N, V) the table
    progress: Progress[Tensor]  # excess loss by width, (W,)
    all_z: Tensor  # (W, N, V) logits at every width
    E: Tensor  # (V, d) output rows at the width shown
    h: Tensor  # (N, d) states
    rows: Tensor  # (V, 2) random rows in the plane
    first: Tensor  # (V,) bool: those that can be the first choice
    fitted_first: Tensor  # (V,) bool: the same of the rows fitted at width 2
    parameters: int

    @property
    def excess(self) -> Tensor:
        return self.progress.newest


def table_of(kind: Table, seed: int) -> Tensor:
    P = planted(CONTEXTS, TOKENS, RANK, seed)
    if kind == "shuffled within each row":
        return shuffled_within_rows(P, seed + 1)
    return rows_permuted(P, seed + 1) if kind == "whole rows permuted" else P


def rows_of(lengths: Lengths, seed: int) -> Tensor:
    """Normal rows in the plane, perhaps with other lengths: (V, 2)."""
    E = normal(TOKENS, 2, seed=seed + 3)
    if lengths == "as drawn":
        return E
    length = E.norm(dim=1, keepdim=True)
    other = torch.ones_like(length) if lengths == "all equal" else length.roll(1, dims=0)
    return E / length * other


def run(controls: RankControls, device: str) -> Iterator[RankResult]:
    c = controls
    P, rows = table_of(c.table, c.seed), rows_of(c.lengths, c.seed)
    fits, done = Fits(P, WIDTHS, c.seed + 2), 0
    first, at = winners(rows, ANGLES, c.seed), WIDTHS.index(c.width)

    def step() -> None:
        nonlocal done
        fits.step(1 - done / c.steps)
        done += 1

    @torch.no_grad()
    def excess() -> Tensor:
        return excess_loss(fits.logits(), P)

    for progress in training(step, excess, c.steps):
        with torch.no_grad():
            z, plane = fits.logits(), fits.E[1, :, :2].clone()
            h, E = (part[at, :, : c.width].clone() for part in (fits.h, fits.E))
        yield RankResult(c, P, progress, z, E, h, rows, first, winners(plane, ANGLES, 0), (CONTEXTS + TOKENS) * c.width)


def measure(result: RankResult) -> Measurements:
    return {
        "excess_at_rank_nats": result.excess[WIDTHS.index(RANK)].item(),
        "excess_nats": result.excess[WIDTHS.index(result.controls.width)].item(),
        "entropy_nats": entropy(result.P).mean().item(),
        "never_first_share": 1 - result.first.float().mean().item(),
        "fitted_never_first_share": 1 - result.fitted_first.float().mean().item(),
        "steps_done": result.progress.step,
    }
