"""Retention on facts near and far, with a head taken out or other decays; and its three forms."""

import math
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.cost.mixing_cost import first_length
from models.cost.retention_cost import parallel_work, recurrent_work
from models.data.facts_at_a_distance import texts
from models.parameter_count import parameter_count
from models.seeding import generator
from models.statespace.retention import RetentionTrace, chunkwise, decays, parallel, recurrent, short_text_decays
from models.statespace.retention_changes import late_chunkwise, one_decay, retained_by, without_head
from models.statespace.sequence_model import SequenceModel
from models.training.cells import TRAININGS
from models.training.fading_memories import FAR, HEADS, LAYERS, NEAR, WIDTH, accuracy, pretrained, right

ROWS, LONG = 64, 80
"""Held-out texts of 80 slots, 160 symbols: older values pile up there, more than in the training's 64."""
DISTANCES = (1, 8, 16, 32, 64, 160)
"""Borders of the distances at which answers are counted."""
FORM_TOKENS = 64

Off = Literal["none", "fastest", "second", "third", "slowest"]
HEADS_OFF: tuple[Off, ...] = ("fastest", "second", "third", "slowest")
Rates = Literal["as trained", "one for all heads", "the paper's for long texts"]
PAPERS: Rates = "the paper's for long texts"
RATES = {
    "as trained": short_text_decays,
    "one for all heads": lambda heads: one_decay(short_text_decays(heads)),
    "the paper's for long texts": decays,
}
Chunks = Literal["as published", "read one step late"]


class RetentionControls(Controls):
    off: Off = Field("none", title="Head taken out", description="Of both layers; by how fast it fades")
    rates: Rates = Field("as trained", title="Decays")
    chunks: Chunks = Field("as published", title="Chunkwise form")
    chunk: int = Field(16, ge=1, le=FORM_TOKENS, title="Tokens of a chunk")
    layer: int = Field(0, ge=0, le=LAYERS - 1, title="Layer of the forms", json_schema_extra=MORE)


class RetentionResult(NamedTuple):
    controls: RetentionControls
    gamma: Tensor  # (H,)
    by_distance: list[float]  # share of right answers between each two of DISTANCES
    complete: list[float]  # the same of the model as trained
    slow: list[float]  # and with the paper's decays
    near: float
    far: float
    own: tuple[float, ...]  # near and far, as trained
    trace: RetentionTrace  # of one text
    forms: dict[str, Tensor]  # (1, H, T, K) each
    parameters: int


@memo
@torch.inference_mode()
def answers(off: Off, rates: Rates, seed: int, device: str) -> tuple[float, ...]:
    """Near, far, and between each two of the distances."""
    model, facts = pretrained("retention", seed % TRAININGS, device), texts(ROWS, LONG, generator(seed))
    assert isinstance(model, SequenceModel)
    retain = parallel if off == "none" else without_head(HEADS_OFF.index(off))
    answered = right(retained_by(model, retain, RATES[rates]), facts)
    limits = [(1, NEAR), (FAR, 10**6), *pairwise(DISTANCES)]
    return tuple(accuracy(answered, facts, *pair) for pair in limits)


@torch.inference_mode()
def run(controls: RetentionControls, device: str) -> RetentionResult:
    c = controls
    model = pretrained("retention", c.seed % TRAININGS, device)
    assert isinstance(model, SequenceModel)
    near, far, *by_distance = answers(c.off, c.rates, c.seed, device)
    own, slow = (answers("none", rates, c.seed, device) for rates in ("as trained", PAPERS))
    gamma = RATES[c.rates](HEADS)
    read = texts(1, FORM_TOKENS // 2, generator(c.seed + 2)).ids.to(device)
    trace = model(read)[1].mixers[c.layer]
    given = (trace.q, trace.k, trace.v, gamma)
    by_chunks = late_chunkwise if c.chunks == "read one step late" else chunkwise
    forms = {"parallel": parallel(*given), "recurrent": recurrent(*given), "chunkwise": by_chunks(*given, c.chunk)}
    return RetentionResult(
        c, gamma, by_distance, list(own[2:]), list(slow[2:]), near, far, own[:2], trace, forms, parameter_count(model),
    )  # fmt: skip


def difference(result: RetentionResult, form: str) -> Tensor:
    """The largest difference from the parallel form at each token: (T,)."""
    return (result.forms[form] - result.forms["parallel"]).abs().amax(dim=(0, 1, 3))


def measure(result: RetentionResult) -> Measurements:
    near, far = result.own
    K, fastest, slowest = WIDTH // HEADS, result.gamma.min(), result.gamma.max()
    return {
        "near_accuracy": result.near,
        "far_accuracy": result.far,
        "near_less_far_share": result.near - result.far,
        "near_gained_share": result.near - near,
        "far_lost_beyond_near_share": (far - result.far) - (near - result.near),
        "largest_difference": max(difference(result, form).max().item() for form in ("recurrent", "chunkwise")),
        "difference_within_the_first_chunk": max(
            difference(result, form)[: result.controls.chunk].max().item() for form in ("recurrent", "chunkwise")
        ),
        "shortest_half_life": math.log(0.5) / fastest.log().item(),
        "longest_half_life": math.log(0.5) / slowest.log().item(),
        "recurrent_from_tokens": float(first_length(lambda n: parallel_work(n, K), lambda n: recurrent_work(n, K))),
    }
