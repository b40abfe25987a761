"""What Mamba chooses for each token, what each choice is worth, and what is kept beside a KV cache."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.selective_copy.run import (
    BYTES,
    CONSTANTS,
    CONVOLUTION,
    COPIED,
    LONGEST,
    RANK,
    STATE,
    CopyResult,
)
from app.number_format import number
from app.provenance.origin import Plotted
from models.cost import selective_cost as cost
from models.statespace.sequence_model import WIDTH
from visualizers.distribution import bars
from visualizers.read_text import Cells, Lines, height_of, read_text
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048, LONGEST)
STEP, WRITTEN, READ = "Δ, mean over channels", "B: what is written", "C: what is read"
KEPT, WORK = "bytes kept per layer", "operations for the next token"


def figures(result: CopyResult, metrics: Measurements) -> Figures:
    return {
        "choices": _choices(result, metrics),
        "constants": _constants(result, metrics),
        "costs": _costs(result, metrics),
    }


def _choices(result: CopyResult, metrics: Measurements) -> Figure:
    c, trace = result.controls, result.trace
    rows = [f"{n + 1}" for n in range(STATE)]
    cells = lambda title, part: Cells(title, part[0].T.numpy(), rows, float(part.abs().max()), signed=True)
    charts = [
        Lines(STEP, {STEP: result.delta.numpy()}, (0, 1.3 * float(result.delta.max())), {STEP: ACCENT}, pixels=60),
        cells(WRITTEN, trace.B),
        cells(READ, trace.C),
    ]
    go = result.labels.index("GO")
    marks = [at for at, name in enumerate(result.labels) if name != "·" and at < go]
    return Figure(
        title=f"What layer {c.layer} chooses for each token",
        caption=(
            "· is noise, s… a symbol to copy (dotted lines). After GO the same symbols must be generated in order."
        ),
        text=(
            f"Over held-out sequences, mean Δ at symbols to copy is {metrics['delta_ratio']:.2f} times that at noise."
            f" Of this sequence, {result.right} of {COPIED} symbols are copied rightly. Scan and recurrence differ by"
            f" at most {metrics['scan_difference_share']:.1e} of the largest state."
        ),
        plot=read_text(result.labels, charts, marks=marks),
        height=height_of(charts),
        sources=[
            Plotted(result.delta, trace=STEP),
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
