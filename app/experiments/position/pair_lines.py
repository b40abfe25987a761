"""Figures of stretched rotary frequencies: how much each pair is slowed, and the loss by position."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from torch import Tensor

from app.experiments.base import Figure
from app.experiments.position.context_extension import Shape, length, slowed, theta
from app.experiments.position.long_texts import by_place
from app.number_format import number
from app.provenance.origin import Plotted
from models.language.loss_by_length import binned
from models.position.scaled_rope import full_rotations
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, INK_3, SERIES, WASH, note

STRETCHES = 8  # parts of the text that a loss is averaged over
COLOURS = {
    "none": SERIES[1],
    "interpolation": SERIES[2],
    "NTK-aware": SERIES[7],
    "YaRN": SERIES[5],
    "NTK-by-parts": SERIES[3],
    "base · s²": SERIES[4],
}
LABELS = {"none": "plain RoPE"}


def called(method: str) -> str:
    return LABELS.get(method, method)


def colours(chosen: str) -> dict[str, str]:
    return {called(method): ACCENT if method == chosen else colour for method, colour in COLOURS.items()}


def by_rotations(drawn: go.Figure, full: Tensor, every: int) -> None:
    """The pairs along x are named by their full rotations (P,), one of so many."""
    ticks = list(range(0, len(full), every))
    labels = [f"{full[i]:.0f}" if full[i] >= 10 else f"{full[i]:.2g}" for i in ticks]
    drawn.update_xaxes(tickmode="array", tickvals=ticks, ticktext=labels, tickangle=0)


def thick(drawn: go.Figure, name: str) -> None:
    """The line of the chosen method."""
    drawn.update_traces(line={"width": 3}, selector={"name": name})


def slowed_pairs(methods: Sequence[str], chosen: str, stretch: int, of: Shape, text: str) -> Figure:
    """How many times slower each pair rotates by each method."""
    full = full_rotations(theta("none", stretch, of), of.trained)
    shown = {method: slowed(method, stretch, of) for method in methods}
    lines = {called(method): one.tensor.numpy() for method, one in shown.items()}
    count = len(full)
    drawn = curves(
        np.arange(count),
        lines,
        x_title=f"pair, by its rotations within {number(of.trained)} tokens",
        colours=colours(chosen),
        markers=count <= 16,
        room=104,
    )
    top = max(float(np.max(y)) for y in lines.values())
    by_rotations(drawn, full, max(count // 4, 1))
    drawn.update_xaxes(range=[-0.03 * count, 1.01 * (count - 1)])
    drawn.update_yaxes(range=[0, 1.16 * max(top, 1.4)])
    apart(drawn, 232)
    slow = int((full >= 1).sum()) - 0.5
    drawn.add_shape(
        type="rect", x0=slow, x1=count - 1, y0=0, y1=stretch, line={"width": 0}, fillcolor=WASH, layer="below"
    )
    drawn.add_annotation(
        **note(slow, 0, "less than one rotation", colour=INK_3, xanchor="left", yanchor="bottom", xshift=4)
    )
    thick(drawn, called(chosen))
    return Figure(
        title=f"How many times slower each pair rotates, for {stretch}× the length",
        caption=(
            "Fast pairs left, slow pairs right. {wash|Shaded}: no full rotation in training; below its top, angles are"
            f" new. {{accent|Chosen}}: {called(chosen)}."
        ),
        text=text,
        plot=drawn,
        height=282,
        sources=[
            Plotted(shown[method], trace=called(method)) for method in dict.fromkeys((chosen, *methods))
        ],  # the button asks about the first
    )


def loss_by_position(
    losses: Mapping[str, Tensor], colours: dict[str, str], now: Tensor, stretch: int, *, caption: str, text: str,
    height: int = 236,
) -> Figure:  # fmt: skip
    """Mean losses (T − 1,) of methods as lines, that of the chosen one now as dots."""
    width = length(stretch) // STRETCHES
    middles = ((np.arange(STRETCHES) + 0.5) * width).tolist()
    lines = {called(method): binned(loss[None], width).tolist() for method, loss in losses.items()}
    return Figure(
        title="Loss by position in the text, nats per token",
        caption=caption,
        text=text,
        plot=by_place(middles, lines, colours, now[None], room=92, height=height, dot=width),
        height=height,
        half=True,
    )
