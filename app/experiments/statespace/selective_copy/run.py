"""A trained Mamba copies symbols past noise, beside attention and S4D, whose Δ, B and C are the same for all tokens."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.statespace.selective_copy.altered import PARTS, Change, scan_with_one_decay
from app.experiments.statespace.selective_copy.readings import (
    LENGTH,
    Shares,
    accuracy_of,
    after_one_delay,
    held_out,
    leak_of,
    misplaced_of,
    on_copied,
    prepared,
    reading,
)
from models.checkpoints import load_card
from models.cost import selective_cost as cost
from models.data.symbol_sequences import FIRST_VALUE, GO, NOISE, NOT_ASKED, Sequences
from models.parameter_count import parameter_count
from models.statespace.mamba import Mamba, MambaTrace
from models.statespace.selective_scan import (
    discretised,
    parallel_scan,
    sequential_scan,
)
from models.statespace.sequence_model import LAYERS, WIDTH

EXAMPLES = 10
SELECTIVE = 1.5
LONGER = 48
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
    pickiest: int  # the channel whose Δ differs most
    ratios: Tensor  # (C,) Δ at symbols to copy over Δ at noise, held-out sequences
    ratio: float  # the same of the mean over channels
    on_copied: Shares
    right: int  # symbols of the shown sequence
    accuracy: dict[Change, float]
    longer: dict[Change, float]  # the same from LONGER tokens
    misplaced: tuple[float, float]  # answers that are other symbols of the sequence, of both lengths
    others: dict[str, tuple[float, float]]  # “S4D”, “attention” → both shares
    after_one_delay: float  # the same, of S4D where every symbol stands equally far from its copy
    leak: float
    scan_difference: float
    parameters: int


def label(token: int) -> str:
    return "·" if token == NOISE else "GO" if token == GO else f"s{token - FIRST_VALUE}"


@torch.inference_mode()
def run(controls: CopyControls, device: str) -> CopyResult:
    c = controls
    read = held_out(c.seed)
    some = Sequences(*(part[c.example : c.example + 1] for part in read))
    model = prepared(c.change, c.seed, device)
    logits, traces = model(some.inputs.to(device))
    shown: MambaTrace = traces.mixers[c.layer - 1]
    mixer = model.blocks[c.layer - 1].mixer
    assert isinstance(mixer, Mamba)
    a = -mixer.log_a.exp()
    steps = discretised(shown.signal, shown.delta, a, shown.B)
    changes: tuple[Change, ...] = ("none", *PARTS, c.change)
    by_steps, by_scan = sequential_scan(*steps), SCANS[c.scan](*steps)
    right = (logits.argmax(dim=-1).cpu() == some.targets)[some.targets != NOT_ASKED]
    trained = reading("none", c.seed, device)
    at_symbols, at_noise = trained.at_symbols[c.layer - 1], trained.at_noise[c.layer - 1]
    ratios = at_symbols / at_noise
    return CopyResult(
        c,
        [label(token) for token in some.inputs[0].tolist()],
        shown,
        shown.delta[0].mean(dim=-1),
        int(ratios.log().abs().argmax()),
        ratios,
        (at_symbols.mean() / at_noise.mean()).item(),
        on_copied(c.change, c.layer, c.seed, device),
        int(right.sum()),
        {change: reading(change, c.seed, device).accuracy for change in changes},
        {change: accuracy_of("mamba", change, LONGER, c.seed, device) for change in changes},
        (misplaced_of(c.change, LENGTH, c.seed, device), misplaced_of(c.change, LONGER, c.seed, device)),
        {
            name: (
                accuracy_of(training, "none", LENGTH, c.seed, device),
                accuracy_of(training, "none", LONGER, c.seed, device),
            )
            for name, training in (("S4D", "s4d"), ("attention", "attention"))
        },
        after_one_delay(c.seed, device),
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
        "accuracy_attention": result.others["attention"][0],
        "accuracy_s4d": result.others["S4D"][0],
        "misplaced_share": result.misplaced[0],
        "misplaced_longer_share": result.misplaced[1],
        "accuracy_longer_mamba": result.longer[c.change],
        "accuracy_longer_attention": result.others["attention"][1],
        "accuracy_longer_s4d": result.others["S4D"][1],
        "lead_over_s4d_longer": result.longer[c.change] - result.others["S4D"][1],
        "accuracy_s4d_one_delay": result.after_one_delay,
        "delta_ratio": result.ratio,
        "delta_ratio_pickiest": result.ratios[result.pickiest].item(),
        "delta_selective_channels": (result.ratios.log().abs() > math.log(SELECTIVE)).float().mean().item(),
        "hidden_weight_on_copied": result.on_copied.hidden,
        "attention_weight_on_copied": result.on_copied.attention,
        "uniform_weight_on_copied": result.on_copied.uniform,
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
