"""Loss at once and token by token, which predictions depend on one token, and the filters."""

from operator import itemgetter

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.long_convolution.run import CHANGED, HyenaResult, Padding, Trained
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.curve import apart, curves, mark_x
from visualizers.horizontal_bars import horizontal_bars
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_2, MARK, note

SHORT: dict[Trained, str] = {"padded": "padded", "circular": "circular", "padded, without gates": "no gates"}
USED: dict[Padding, str] = {"twice as much": "now doubled", "none: circular": "now circular"}
"""How a model was trained and how its convolution is used, in a label."""


def figures(result: HyenaResult, metrics: Measurements) -> Figures:
    return {
        "losses": _losses(result, metrics), "leak": _leak(result, metrics),
        "filters": _filters(result, metrics),
    }  # fmt: skip


def _losses(result: HyenaResult, metrics: Measurements) -> Figure:
    shown = {"padded": result.of_each["padded"], "circular": result.of_each["circular"]}
    c = result.controls
    name = SHORT[c.trained] + ("" if c.padding == "as trained" else f", {USED[c.padding]}")
    name += "" if c.gates == "as trained" else ", tanh"
    shown[name] = result.losses
    bars = {f"{kind}: {how}": value for kind, found in shown.items()
            for how, value in (("at once", found.whole), ("by token", found.by_token))}  # fmt: skip
    drawn = horizontal_bars(
        np.array(list(bars.values())), labels=list(bars), x_title="nats per token", left=190,
        colours=[ACCENT if label.startswith(f"{name}:") else MARK for label in bars],
    )  # fmt: skip
    drawn.add_shape(reference_line(x=result.least))
    drawn.add_annotation(
        **note(result.least, 1, "least possible", yref="paper", xanchor="left", yanchor="bottom", colour=INK_2)
    )
    drawn.update_layout(margin={"t": 22})
    return Figure(
        title="Loss on held-out texts",
        caption=(
            "No causal model can stay left of the dotted line: the keys are random. By token: only what stands before"
            " is read. {accent|Shown now}."
        ),
        text=(
            f"The least possible loss is {result.least:.2f} nats per token. Shown now: {result.losses.whole:.2f} at"
            f" once, {result.losses.by_token:.2f} token by token."
        ),
        plot=drawn,
        height=70 + 34 * len(bars),
    )


def _leak(result: HyenaResult, metrics: Measurements) -> Figure:
    drawn = curves(
        np.arange(len(result.moved)), {"change": result.moved.numpy()}, x_title="position of the prediction",
        y_range=(-0.03, 1.05), markers=True, room=20, colours={"change": ACCENT},
    )  # fmt: skip
    return Figure(
        title="Which predictions change with one token",
        caption=f"Token {CHANGED} is exchanged. What changes left of the line has seen the future.",
        text=(
            f"The largest change of a prediction before token {CHANGED} is"
            f" {metrics['change_of_earlier_predictions']:.2g} (total variation)."
        ),
        plot=mark_x(drawn, CHANGED - 0.5, "exchanged"),
        height=250,
        half=True,
    )


def _filters(result: HyenaResult, metrics: Measurements) -> Figure:
    filters = result.trace.filters[0]  # (T, D)
    chosen = filters.abs().sum(dim=0).topk(result.controls.channels).indices.tolist()
    high = max(filters[:, chosen].abs().max().item(), 1e-6)
    lines = {f"channel {channel}": filters[:, channel].numpy() for channel in chosen}
    drawn = curves(
        np.arange(len(filters)), lines, x_title="tokens back", y_range=(-1.1 * high, 1.1 * high), room=84
    )  # fmt: skip
    return Figure(
        title="Filters that the network writes",
        caption="The strongest of the layer’s first convolution, by how far back they look.",
        text=(
            f"Convolved by FFT, the text differs from the direct sum by at most {metrics['fft_less_direct']:.1g}."
            f" From {number(metrics['fft_from_tokens'])} tokens on the FFT takes fewer operations."
        ),
        plot=apart(drawn, 170),
        height=250,
        half=True,
        sources=[
            Plotted(torch.stack([filters[:, channel] for channel in chosen]), itemgetter(at), trace=name)
            for at, name in enumerate(lines)
        ],
    )  # fmt: skip
