"""Softmax in one pass: the largest score and the sum as they are corrected, beside the form of two passes."""

from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import AfterValidator, Field, StringConstraints
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.base import Controls, Measurements
from app.experiments.foundations.softmax.run import numbers
from app.experiments.memo import memo
from models.attention.online_softmax import (
    Rescale,
    Running,
    Steps,
    fold,
    merge,
    no_rescaling,
    nothing_yet,
    one_pass,
    probabilities,
    rescaling,
    weighted_mean,
)
from models.cost.hbm_traffic import (
    SlowMemory,
    naive_mean_with,
    naive_with,
    online_mean_with,
    online_with,
    safe_mean_with,
    safe_with,
)
from models.layers.softmax import softmax
from models.seeding import generator

ROWS, WIDTH, SPREAD = 256, 8, 3.0
RESCALES: dict[str, Rescale] = {"on": rescaling, "off": no_rescaling}


def _readable(text: str) -> str:
    numbers(text)
    return text


class OnlineSoftmaxControls(Controls):
    scores: Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_readable)] = Field(
        "0.6, -0.8, 1.3, 0.2, 2.1, 1.6, -0.4, 2.6, 2.2, 0.9, 3.1, 1.8",
        title="Scores",
        description="2 to 12 numbers, separated by commas",
    )
    order: Literal["as they come", "rising", "falling"] = Field(
        "as they come", title="Order of the scores", description="Of these and of the random rows"
    )
    rescale: Literal["on", "off"] = Field("on", title="Rescaling", description="Of the sum, when a larger score comes")
    length: Literal[16, 64, 256] = Field(64, title="Length of the random rows")
    pieces: Literal[2, 4, 8] = Field(4, title="Pieces", description="Of a random row, summed separately and merged")


class OnlineSoftmaxResult(NamedTuple):
    controls: OnlineSoftmaxControls
    scores: Tensor  # (N,) in the order in which they come
    steps: Steps  # of these scores
    two_passes: Tensor  # (N,) softmax
    row_rescales: Tensor  # (R, L) True where a random row's largest score changed, the first score not counted
    difference: Tensor  # (R,) largest between one pass and two, of these scores' probabilities and the random rows'
    merged_difference: Tensor  # (R,) largest between means of pieces that were merged and of the whole row
    accesses: dict[str, tuple[float, float]]  # form → accesses per score, for the softmax and for the weighted mean


def ordered(z: Tensor, order: str) -> Tensor:
    return z if order == "as they come" else z.sort(dim=-1, descending=order == "falling").values


def mean_by_pieces(z: Tensor, v: Tensor, pieces: int, rescale: Rescale) -> Tensor:
    """softmax(z) · v of rows (R, L), each piece folded alone and the pieces merged, the last first: (R, K)."""
    parts = [
        fold(nothing_yet(z[:, :1], v.shape[-1]), part[:, None], values, rescale)
        for part, values in zip(z.chunk(pieces, dim=1), v.chunk(pieces, dim=1))
    ]
    state: Running = parts[-1]
    for part in reversed(parts[:-1]):
        state = merge(state, part, rescale)
    return weighted_mean(state)[:, 0]


@memo
def count_accesses(length: int) -> dict[str, tuple[float, float]]:
    """Reads and writes of a score by each form, counted as it runs on one random row."""
    z, v = torch.randn(length, generator=generator(0)), torch.randn(length, WIDTH, generator=generator(1))
    forms = {
        "naive": (naive_with, naive_mean_with),
        "safe": (safe_with, safe_mean_with),
        "online": (online_with, online_mean_with),
    }
    counted = {}
    for name, (whole, mean) in forms.items():
        first, second = SlowMemory(), SlowMemory()
        whole(first, z)
        mean(second, z, v)
        counted[name] = (first.accesses / length, second.accesses / length)
    return counted


@torch.inference_mode()
def run(controls: OnlineSoftmaxControls, device: str) -> OnlineSoftmaxResult:
    rescale, draws = RESCALES[controls.rescale], generator(controls.seed)
    z = ordered(torch.tensor(numbers(controls.scores), device=device), controls.order)
    rows = ordered(SPREAD * torch.randn(ROWS, controls.length, generator=draws), controls.order).to(device)
    v = torch.randn(ROWS, controls.length, WIDTH, generator=draws).to(device)
    p = softmax(rows)
    passed = one_pass(rows, rescale)
    mean = (p[:, None] @ v)[:, 0]
    return OnlineSoftmaxResult(
        controls=controls,
        scores=z,
        steps=one_pass(z, rescale),
        two_passes=softmax(z),
        row_rescales=pad(passed.m.diff() > 0, (1, 0)),
        difference=(probabilities(rows, passed) - p).abs().amax(dim=-1),
        merged_difference=(mean_by_pieces(rows, v, controls.pieces, rescale) - mean).abs().amax(dim=-1),
        accesses=count_accesses(controls.length),
    )


def measure(result: OnlineSoftmaxResult) -> Measurements:
    shown = probabilities(result.scores, result.steps)
    here = (shown - result.two_passes).abs().max()
    rescales = result.row_rescales.sum(dim=-1).float()
    return {
        "largest_difference_from_two_passes": torch.maximum(here, result.difference.max()).item(),
        "largest_difference_when_merged": result.merged_difference.max().item(),
        "sum_of_probabilities": shown.sum().item(),
        "rescales_on_screen": float((result.steps.m.diff() > 0).sum()),
        "mean_rescales_of_a_random_row": rescales.mean().item(),
        "rescales_expected_in_random_order": float((1 / torch.arange(2, result.controls.length + 1)).sum()),
        "accesses_a_score_safe": result.accesses["safe"][0],
        "accesses_a_score_online": result.accesses["online"][0],
    }
