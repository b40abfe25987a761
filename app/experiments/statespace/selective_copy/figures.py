"""What Mamba chooses for each token and what that is worth, beside attention, a fixed S4D and a KV cache."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.selective_copy.readings import COPIED, LENGTH
from app.experiments.statespace.selective_copy.run import (
    BYTES,
    CONSTANTS,
    CONVOLUTION,
    LONGER,
    LONGEST,
    RANK,
    STATE,
    CopyResult,
)
from app.number_format import number
from app.provenance.origin import Plotted
from models.cost import selective_cost as cost
from models.statespace.selective_scan import hidden_attention, relative_weights
from models.statespace.sequence_model import WIDTH
from visualizers.distribution import grouped_bars
from visualizers.read_text import Cells, Lines, height_of, read_text
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048, LONGEST)
STEP, PICKIEST = "Δ, mean over channels", "Δ of one channel"
WRITTEN, READ = "B: what is written", "C: what is read"
HIDDEN = "hidden attention: a row per output, first token on top"
HIGHEST = 0.15
"""The weight with the full colour: rows of many small weights are to be seen too."""
KEPT, WORK = "bytes kept per layer", "operations for the next token"


def figures(result: CopyResult, metrics: Measurements) -> Figures:
    return {
        "choices": _choices(result, metrics),
        "copied": _copied(result, metrics),
        "costs": _costs(result, metrics),
    }


def _choices(result: CopyResult, metrics: Measurements) -> Figure:
    c, trace = result.controls, result.trace
    rows = [f"{n + 1}" for n in range(STATE)]
    cells = lambda title, part: Cells(title, part[0].T.numpy(), rows, float(part.abs().max()), signed=True)
    hidden = relative_weights(hidden_attention(trace.decay, trace.delta, trace.B, trace.C))
    pickiest = trace.delta[0, :, result.pickiest]
    steps = {STEP: result.delta, PICKIEST: pickiest}
    units = {name: 1 / float(step.mean()) for name, step in steps.items()}
    relative = {name: units[name] * step.numpy() for name, step in steps.items()}
    highest = max(float(step.max()) for step in relative.values())
    charts: list[Cells | Lines] = [
        Lines(
            "Δ, over its mean of all tokens", relative, (0, 1.15 * highest), {STEP: ACCENT, PICKIEST: INK_3}, pixels=70
        ),
        cells(WRITTEN, trace.B),
        cells(READ, trace.C),
        Cells(HIDDEN, hidden[0].numpy(), high=HIGHEST),
    ]
    go = result.labels.index("GO")
    marks = [at for at, name in enumerate(result.labels) if name != "·" and at < go]
    return Figure(
        title=f"What layer {c.layer} chooses for each token",
        caption=(
            "· is noise, s… a symbol to copy (dotted lines). After GO the same symbols must be generated in order."
            f" {{trace:{STEP}|Δ, mean over channels}}, and {{trace:{PICKIEST}|of the channel}} in which symbols"
            " and noise differ most. Hidden attention is averaged over channels; its rows sum to 1."
        ),
        text=(
            f"Mean Δ at symbols to copy is {metrics['delta_ratio']:.2f} times that at noise; in the channel where they"
            f" differ most, {metrics['delta_ratio_pickiest']:.2f} times. Of this sequence, {result.right} of {COPIED}"
            f" symbols are copied rightly. The symbol to be copied gets {metrics['hidden_weight_on_copied']:.1%} of the"
            f" hidden attention, and {metrics['attention_weight_on_copied']:.1%} of the attention model’s in this"
            f" layer; equal weights would give it {metrics['uniform_weight_on_copied']:.1%}."
        ),
        plot=read_text(result.labels, charts, marks=marks).update_traces(xgap=0, ygap=0, selector={"name": HIDDEN}),
        height=height_of(charts),
        sources=[
            *(Plotted(step, trace=name, unit=units[name]) for name, step in steps.items()),
            Plotted(trace.B, lambda part: part[0].T, trace=WRITTEN),
            Plotted(trace.C, lambda part: part[0].T, trace=READ),
            Plotted(hidden, lambda weights: weights[0], trace=HIDDEN),
        ],
    )


def _copied(result: CopyResult, metrics: Measurements) -> Figure:
    own = result.controls.change
    changes = {"Mamba": own, **{f"mean {name}": change for name, change in CONSTANTS.items()}}
    trained = [*(result.accuracy[change] for change in changes.values()), *(one for one, _ in result.others.values())]
    longer = [*(result.longer[change] for change in changes.values()), *(other for _, other in result.others.values())]
    bars = {
        f"{length} tokens": torch.tensor(shares, dtype=torch.double)
        for length, shares in ((LENGTH, trained), (LONGER, longer))
    }
    return Figure(
        title="Symbols copied, by model and length",
        caption=(
            f"{{trace:{LENGTH} tokens|{LENGTH} tokens}}, as in training, and {{trace:{LONGER} tokens|{LONGER}}}, with"
            " more noise. “Mean”: one of Mamba’s choices replaced by its mean. S4D stands in Mamba’s block, but its"
            " Δ, B and C are the same for all tokens."
        ),
        text=(
            f"At {LENGTH} tokens, Mamba copies {metrics['accuracy']:.0%} of the symbols, S4D"
            f" {metrics['accuracy_s4d']:.0%}, attention {metrics['accuracy_attention']:.0%}. At {LONGER} it is"
            f" {metrics['accuracy_longer_mamba']:.0%}, {metrics['accuracy_longer_s4d']:.0%} and"
            f" {metrics['accuracy_longer_attention']:.0%}."
        ),
        plot=grouped_bars(
            {name: shares.numpy() for name, shares in bars.items()}, labels=[*changes, *result.others]
        ).update_yaxes(range=[0, 1.05]),
        height=340,
        half=True,
        sources=[Plotted(shares, trace=name) for name, shares in bars.items()],
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
