"""A trained Mamba copies symbols past noise; what it chooses for each token can be replaced by one mean."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.statespace.selective_copy.altered import PARTS, Change, altered, scan_with_one_decay
from models.checkpoints import load_card
from models.cost import selective_cost as cost
from models.data.symbol_sequences import FIRST_VALUE, GO, NOISE, NOT_ASKED, Sequences, selective_copy
from models.language.pretrained_text_models import sequence
from models.parameter_count import parameter_count
from models.seeding import generator
from models.statespace.mamba import MambaTrace
from models.statespace.selective_scan import discretised, parallel_scan, sequential_scan
from models.statespace.sequence_model import LAYERS, WIDTH, SequenceModel

ROWS, LENGTH, COPIED, EXAMPLES = 24, 32, 8, 10
STATE, CONVOLUTION, BYTES = 8, 4, 2
RANK = math.ceil(WIDTH / 16)
LONGEST = 4096

Scan = Literal["decays multiplied", "last decay kept"]
SCANS = {"decays multiplied": parallel_scan, "last decay kept": scan_with_one_decay}
CONSTANTS: dict[str, Change] = {"Δ": "one mean Δ", "B": "one mean B", "C": "one mean C"}


class CopyControls(Controls):
    change: Change = Field("none", title="Replaced in both layers")
    scan: Scan = Field("decays multiplied", title="Parallel scan, joining two steps")
    layer: int = Field(2, ge=1, le=LAYERS, title="Layer shown")
    example: int = Field(0, ge=0, le=EXAMPLES - 1, title="Sequence shown", description="One of ten held-out ones")
    tokens: int = Field(1024, ge=16, le=LONGEST, multiple_of=16, title="Tokens so far", description="Of the costs")


class CopyResult(NamedTuple):
    controls: CopyControls
    labels: list[str]
    trace: MambaTrace  # of the shown layer and sequence
    delta: Tensor  # (T,) mean over channels
    ratio: float  # mean Δ at symbols to copy over mean Δ at noise, held-out sequences
    right: int  # symbols of the shown sequence
    accuracy: dict[Change, float]
    leak: float
    scan_difference: float
    parameters: int


def label(token: int) -> str:
    return "·" if token == NOISE else "GO" if token == GO else f"s{token - FIRST_VALUE}"


@memo
def held_out(seed: int) -> Sequences:
    return selective_copy(ROWS, LENGTH, COPIED, generator(seed + 1))


@memo
@torch.inference_mode()
def means(seed: int, device: str) -> list[dict[str, Tensor]]:
    """Mean Δ (C,), B (N,) and C (N,) of each trained layer, over other sequences than those that are copied."""
    other = selective_copy(ROWS, LENGTH, COPIED, generator(seed + 100_001)).inputs.to(device)
    traces = sequence("mamba", device)(other)[1].mixers
    return [{part: getattr(trace, part).mean(dim=(0, 1)) for part in PARTS.values()} for trace in traces]


def prepared(change: Change, seed: int, device: str) -> SequenceModel:
    """The trained model, changed."""
    return altered(sequence("mamba", device), change, means(seed, device))


class Reading(NamedTuple):
    """What came of the held-out sequences."""

    accuracy: float  # share of symbols copied rightly
    ratios: list[float]  # per layer: mean Δ at symbols to copy over mean Δ at noise


@memo
@torch.inference_mode()
def reading(change: Change, seed: int, device: str) -> Reading:
    read = held_out(seed)
    ids = read.inputs.to(device)
    logits, traces = prepared(change, seed, device)(ids)
    right = (logits.argmax(dim=-1).cpu() == read.targets)[read.targets != NOT_ASKED]
    to_copy = (ids >= FIRST_VALUE) & ((ids == GO).cumsum(dim=1) == 0)
    ratios = [(trace.delta[to_copy].mean() / trace.delta[ids == NOISE].mean()).item() for trace in traces.mixers]
    return Reading(right.float().mean().item(), ratios)


@memo
@torch.inference_mode()
def leak_of(change: Change, seed: int, device: str) -> float:
    """Largest change of an earlier output after the last token is exchanged, over the largest output."""
    ids = held_out(seed).inputs[:4].to(device)
    exchanged = ids.clone()
    exchanged[:, -1] = FIRST_VALUE + (ids[:, -1] - FIRST_VALUE + 7) % 32
    before, after = prepared(change, seed, device)(torch.cat([ids, exchanged]))[0][:, :-1].chunk(2)
    return ((before - after).abs().max() / before.abs().max()).item()


@torch.inference_mode()
def run(controls: CopyControls, device: str) -> CopyResult:
    c = controls
    read = held_out(c.seed)
    some = Sequences(*(part[c.example : c.example + 1] for part in read))
    model = prepared(c.change, c.seed, device)
    logits, traces = model(some.inputs.to(device))
    shown: MambaTrace = traces.mixers[c.layer - 1]
    a = -model.blocks[c.layer - 1].mixer.log_a.exp()
    steps = discretised(shown.signal, shown.delta, a, shown.B)
    by_steps, by_scan = sequential_scan(*steps), SCANS[c.scan](*steps)
    right = (logits.argmax(dim=-1).cpu() == some.targets)[some.targets != NOT_ASKED]
    return CopyResult(
        c,
        [label(token) for token in some.inputs[0].tolist()],
        shown,
        shown.delta[0].mean(dim=-1),
        reading("none", c.seed, device).ratios[c.layer - 1],
        int(right.sum()),
        {change: reading(change, c.seed, device).accuracy for change in ("none", *PARTS, c.change)},
        leak_of(c.change, c.seed, device),
        ((by_scan - by_steps).abs().max() / by_steps.abs().max()).item(),
        parameter_count(model),
    )


def measure(result: CopyResult) -> Measurements:
    c, found = result.controls, result.accuracy
    constants = [found[change] for change in CONSTANTS.values()]
    cards = {kind: load_card(f"sequence_{kind}")["metrics"] for kind in ("mamba", "attention")}
    return {
        "accuracy": found[c.change],
        "accuracy_mean_delta": constants[0],
        "accuracy_mean_b": constants[1],
        "accuracy_mean_c": constants[2],
        "worst_constant": float(constants.index(min(constants))),
        "delta_ratio": result.ratio,
        "leak_share": result.leak,
        "scan_difference_share": result.scan_difference,
        "copied_at_twice_the_length": cards["mamba"]["copy_accuracy_64_tokens"],
        "recall_16_pairs_mamba": cards["mamba"]["recall_accuracy_16_pairs"],
        "recall_16_pairs_attention": cards["attention"]["recall_accuracy_16_pairs"],
        "state_bytes": float(BYTES * cost.state_numbers(WIDTH, STATE, CONVOLUTION)),
        "cache_bytes": float(BYTES * cost.cache_numbers(c.tokens, WIDTH)),
        "operations_next_token": float(cost.next_token(WIDTH, STATE, RANK)),
        "operations_next_token_attention": float(cost.next_token_of_attention(c.tokens, WIDTH)),
    }
