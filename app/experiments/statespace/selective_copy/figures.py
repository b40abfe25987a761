"""What Mamba chooses for each token and what that is worth, beside attention, a fixed S4D and a KV cache."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.selective_copy.run import (
    BYTES,
    CONSTANTS,
    CONVOLUTION,
    COPIED,
    LENGTH,
    LONGER,
    LONGEST,
    RANK,
    SEQUENCE_LENGTHS,
    STATE,
    CopyResult,
)
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.cost import selective_cost as cost
from models.statespace.selective_scan import hidden_attention, relative_weights
from models.statespace.sequence_model import WIDTH
from visualizers.curve import curves
from visualizers.distribution import bars
from visualizers.heads import token_map
from visualizers.read_text import Cells, Lines, height_of, read_text
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048, LONGEST)
STEP, PICKIEST = "Δ, mean over channels", "Δ of one channel"
WRITTEN, READ = "B: what is written", "C: what is read"
HIGHEST = 1 / 3
"""The weight with the full colour: rows of many small weights are to be seen too."""
KEPT, WORK = "bytes kept per layer", "operations for the next token"


def figures(result: CopyResult, metrics: Measurements) -> Figures:
    return {
        "choices": _choices(result, metrics),
        "by_length": _by_length(result, metrics),
        "constants": _constants(result, metrics),
        "hidden": _hidden(result, metrics),
        "costs": _costs(result, metrics),
    }


def _choices(result: CopyResult, metrics: Measurements) -> Figure:
    c, trace = result.controls, result.trace
    rows = [f"{n + 1}" for n in range(STATE)]
    cells = lambda title, part: Cells(title, part[0].T.numpy(), rows, float(part.abs().max()), signed=True)
    pickiest = trace.delta[0, :, result.pickiest]
    steps = {STEP: result.delta.numpy(), PICKIEST: pickiest.numpy()}
    highest = max(float(result.delta.max()), float(pickiest.max()))
    charts = [
        Lines("Δ", steps, (0, 1.15 * highest), {STEP: ACCENT, PICKIEST: INK_3}, pixels=70),
        cells(WRITTEN, trace.B),
        cells(READ, trace.C),
    ]
    go = result.labels.index("GO")
    marks = [at for at, name in enumerate(result.labels) if name != "·" and at < go]
    return Figure(
        title=f"What layer {c.layer} chooses for each token",
        caption=(
            "· is noise, s… a symbol to copy (dotted lines). After GO the same symbols must be generated in order."
            f" {{trace:{STEP}|Δ, mean over channels}}, and {{trace:{PICKIEST}|of the channel}} in which symbols"
            " and noise differ most."
        ),
        text=(
            f"Over held-out sequences, mean Δ at symbols to copy is {metrics['delta_ratio']:.2f} times that at noise;"
            f" in the channel where they differ most, {metrics['delta_ratio_pickiest']:.2f} times. Of this sequence,"
            f" {result.right} of {COPIED} symbols are copied rightly. Scan and recurrence differ by at most"
            f" {metrics['scan_difference_share']:.1e} of the largest state."
        ),
        plot=read_text(result.labels, charts, marks=marks),
        height=height_of(charts),
        sources=[
            Plotted(result.delta, trace=STEP),
            Plotted(pickiest, trace=PICKIEST),
            Plotted(trace.B, lambda part: part[0].T, trace=WRITTEN),
            Plotted(trace.C, lambda part: part[0].T, trace=READ),
        ],
    )


def _constants(result: CopyResult, metrics: Measurements) -> Figure:
    own = result.controls.change
    shown = {"chosen": "none", **{f"mean {name}": change for name, change in CONSTANTS.items()}}
    values = np.array([result.accuracy[change] for change in shown.values()])
    return Figure(
        title="Copied, with one mean for all tokens",
        caption="One choice at a time is replaced by its mean over other sequences, in both layers.",
        text=(
            f"With everything chosen, {values[0]:.0%} of the symbols are copied; with one mean Δ {values[1]:.0%}, with"
            f" one mean B {values[2]:.0%}, with one mean C {values[3]:.0%}."
        ),
        plot=bars(
            values, labels=list(shown), y_range=(0, 1.15),
            colours=[ACCENT if change == own else INK_3 for change in shown.values()],
        ),
        height=300,
        half=True,
        sources=[Plotted(torch.from_numpy(values))],
    )  # fmt: skip


def _by_length(result: CopyResult, metrics: Measurements) -> Figure:
    longer = SEQUENCE_LENGTHS[LONGER]
    return Figure(
        title="Copied, by length of the sequence",
        caption=(
            f"Trained alike at {LENGTH} tokens; here with more noise. {{trace:S4D|S4D}} stands in"
            " {trace:Mamba|Mamba}’s block, its Δ, B and C the same for all tokens."
        ),
        text=(
            f"At {LENGTH} tokens, Mamba copies {metrics['accuracy']:.0%} of the symbols, S4D"
            f" {metrics['accuracy_s4d']:.0%}, attention {metrics['accuracy_attention']:.0%}. At {longer} it is"
            f" {metrics['accuracy_longer_mamba']:.0%}, {metrics['accuracy_longer_s4d']:.0%} and"
            f" {metrics['accuracy_longer_attention']:.0%}."
        ),
        plot=curves(
            SEQUENCE_LENGTHS, {name: np.array(shares) for name, shares in result.by_length.items()}, x_title="tokens",
            y_range=(0, 1.08), markers=True, room=70,
            colours={"Mamba": ACCENT, "S4D": INK_3, "attention": SERIES[1]},
        ).update_xaxes(tickvals=SEQUENCE_LENGTHS),
        height=300,
        half=True,
        sources=[
            Plotted(torch.tensor(shares, dtype=torch.double), trace=name) for name, shares in result.by_length.items()
        ],
    )  # fmt: skip


def _hidden(result: CopyResult, metrics: Measurements) -> Figure:
    trace = result.trace
    every_channel = computed(hidden_attention, decay=trace.decay, step=trace.delta, b=trace.B, c=trace.C)
    weights = computed(relative_weights, hidden=every_channel)
    return Figure(
        title=f"Hidden attention of layer {result.controls.layer}",
        caption="Rows are outputs, columns inputs: how much each input counts. Mean size over channels; rows sum to 1.",
        text=(
            f"At the tokens after GO, {metrics['hidden_weight_on_copied']:.1%} of the weight lies on the symbol to be"
            f" copied. Equal weights would put {metrics['uniform_weight_on_copied']:.1%} there; in the attention model,"
            f" the same layer puts {metrics['attention_weight_on_copied']:.1%}."
        ),
        plot=token_map(
            _lower(weights.tensor).numpy(), result.labels, result.labels, column_title="input", high=HIGHEST
        ),
        height=400,
        half=True,
        sources=[Plotted(weights, _lower)],
    )


def _lower(weights: torch.Tensor) -> torch.Tensor:
    """The map with later columns empty."""
    later = torch.ones(weights.shape[1:], dtype=torch.bool).triu(1)
    return weights[0].masked_fill(later, torch.nan)


def _costs(result: CopyResult, metrics: Measurements) -> Figure:
    n = np.array(LENGTHS)
    flat = np.ones(len(n))
    kept = {
        "Mamba": (n, BYTES * cost.state_numbers(WIDTH, STATE, CONVOLUTION) * flat),
        "attention": (n, np.array([BYTES * cost.cache_numbers(tokens, WIDTH) for tokens in LENGTHS])),
    }
    work = {
        "Mamba": (n, cost.next_token(WIDTH, STATE, RANK) * flat),
        "attention": (n, np.array([cost.next_token_of_attention(tokens, WIDTH) for tokens in LENGTHS])),
    }
    charts = [
        Strip(title, lines, log=True, colours=(ACCENT, SERIES[1])) for title, lines in ((KEPT, kept), (WORK, work))
    ]
    tokens = result.controls.tokens
    return Figure(
        title="State beside KV cache",
        caption=f"A layer of width {WIDTH}: {{trace:Mamba, {KEPT}|Mamba}} and {{trace:attention, {KEPT}|attention}}.",
        text=(
            f"After {number(tokens)} tokens Mamba keeps {number(metrics['state_bytes'])} bytes per layer and a KV cache"
            f" {number(metrics['cache_bytes'])}. The next token takes {number(metrics['operations_next_token'])}"
            f" operations with Mamba and {number(metrics['operations_next_token_attention'])} with attention."
        ),
        plot=strips(charts, x_title="tokens so far", marks={"now": (tokens, "left")}, x_log=(16, 64, 256, 1024, 4096)),
        height=340,
        half=True,
        sources=[
            Plotted(torch.from_numpy(numbers).double(), trace=f"{name}, {title}")
            for title, lines in ((KEPT, kept), (WORK, work))
            for name, (_, numbers) in lines.items()
        ],
    )
