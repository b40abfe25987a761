"""Activation functions: the curve, its derivative, and on the same axis the inputs that a trained network gives it."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.small_multiples import axes, axis_of, side_by_side, stacked, titles_above
from visualizers.stepped import stepped
from visualizers.theme import ACCENT, AXIS, GRID, INK, INK_2, INK_3, SERIES, compact, figure, note

FLAT = 0.1
"""A derivative below this, in size, is called flat."""

SLOPED_BARS, FLAT_BARS = "inputs on the slope", "inputs where it is flat"

CORNER = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
MARGIN = {"xref": "paper", "xanchor": "left", "xshift": 6, "align": "left"}
"""Where words stand: above a point of the figure, and to the right of the plot."""

LABEL = 12
"""Letters of a name in one line of the margin."""


class Inputs(NamedTuple):
    """A histogram: shares (bins,) or (S, bins) between ``edges`` (bins + 1,), and which bins lie where φ is flat."""

    edges: np.ndarray
    shares: np.ndarray
    flat: np.ndarray  # (bins,) True or False

    @property
    def middles(self) -> np.ndarray:
        middles: np.ndarray = (self.edges[:-1] + self.edges[1:]) / 2
        return middles

    def split(self, stop: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The shares on the slope and those where it is flat, zeros elsewhere."""
        shares = self.shares if stop is None else self.shares[stop]
        return np.where(self.flat, 0, shares), np.where(self.flat, shares, 0)


def histogram(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The share of all ``values`` in each bin; what lies beyond the ends counts in the outermost bins."""
    inner = np.clip(values, edges[0] + 1e-6, edges[-1] - 1e-6)
    counts, _ = np.histogram(inner, edges)
    return counts.astype(float) / max(1, values.size)


def curve_over_inputs(
    z: np.ndarray,
    curves: Mapping[str, np.ndarray],
    slope: np.ndarray,
    inputs: Inputs,
    *,
    frames: Sequence[str] = (),
) -> go.Figure:
    """Above: one or two functions of z and the derivative of the first; below: the histogram of its inputs.

    With ``frames`` the histogram has one stop a name. Traces: the names of the curves, “derivative”,
    “inputs on the slope”, “inputs where it is flat”.
    """
    values = np.stack([*curves.values(), slope])
    low, high = max(-1.6, values.min()), min(3.2, values.max())
    room = 0.08 * (high - low)
    first = next(iter(curves))
    colours = dict(zip(curves, SERIES, strict=False))
    widths, dashes = dict.fromkeys(curves, 2) | {first: 3}, dict.fromkeys(curves, "dash") | {first: "solid"}
    traces: list[go.Scatter | go.Bar] = [
        go.Scatter(
            x=compact(z), y=compact(y), name=name, mode="lines", yaxis="y",
            line={"color": colours[name], "width": widths[name], "dash": dashes[name]},
            hovertemplate=f"{name}(%{{x:.2f}}) = %{{y:.3f}}<extra></extra>",
        )
        for name, y in curves.items()
    ]  # fmt: skip
    traces.append(
        go.Scatter(
            x=compact(z), y=compact(slope), name="derivative", mode="lines",
            line={"color": SERIES[2], "width": 2, "dash": "dot"},
            hovertemplate=f"derivative of {first} at %{{x:.2f}}: %{{y:.3f}}<extra></extra>",
        )
    )  # fmt: skip
    last = len(frames) - 1 if frames else None
    traces += _bars(inputs, last, "y2")
    drawn = figure(
        traces,
        x="pre-activation z",
        margin=(44, 20 + 7 * LABEL, 22, 40),
        barmode="stack",
        bargap=0.06,
    )
    drawn.update_layout(
        axes(
            "y", [(0.4, 1.0), (0.0, 0.3)], {"range": [low - room, high + room]},
            {"range": [0, _ceiling(inputs.shares)], "tickformat": ".0%"}, gridcolor=GRID, zeroline=False,
            showline=False, nticks=4,
        )
    )  # fmt: skip
    drawn.update_xaxes(range=[float(z[0]), float(z[-1])], anchor="y2", zeroline=False)
    drawn.add_shape(reference_line(x=0, colour=AXIS))
    drawn.add_annotation(**note(0, 0.315, "share of all pre-activations", colour=INK_3, **CORNER))
    for label in _end_labels({**curves, "derivative": slope}, colours | {"derivative": SERIES[2]}, low, high):
        drawn.add_annotation(**label)
    if not frames:
        return drawn
    count = len(traces)
    patches = [[{"y": compact(part)} for part in inputs.split(stop)] for stop in range(len(frames))]
    return stepped(drawn, list(frames), patches, [count - 2, count - 1])


def _bars(inputs: Inputs, stop: int | None, axis: str, suffix: str = "", x: str = "x") -> list[go.Bar]:
    width = float(inputs.edges[1] - inputs.edges[0])
    return [
        go.Bar(
            x=compact(inputs.middles), y=compact(shares), width=width * 0.92, name=name + suffix, xaxis=x, yaxis=axis,
            marker={"color": colour}, hovertemplate="z about %{x:.2f}<br>%{y:.2%} of all<extra></extra>",
        )
        for name, colour, shares in zip((SLOPED_BARS, FLAT_BARS), (ACCENT, AXIS), inputs.split(stop), strict=True)
    ]  # fmt: skip


def _ceiling(shares: np.ndarray) -> float:
    """The highest bar of the last stop, where one value stands for most of them at most a third."""
    last = np.atleast_2d(shares)[-1]
    return float(min(max(last.max(), 0.02), 0.34) * 1.1)


def _end_labels(
    lines: Mapping[str, np.ndarray], colours: Mapping[str, str], low: float, high: float
) -> list[dict[str, object]]:
    """Names at the right ends of the curves, in the margin, one below the other, from the highest down."""
    free, labels = np.inf, []
    for name, y in sorted(lines.items(), key=lambda item: -item[1][-1]):
        rows = wrap(name, LABEL)
        half = 7.5 * len(rows)
        pixels = min((float(np.clip(y[-1], low, high)) - low) / (high - low) * 150, free - half)
        free = pixels - half
        place = low + pixels / 150 * (high - low)
        labels.append(note(1, place, "<br>".join(rows), colour=colours[name], **MARGIN))
    return labels


def output_histograms(rows: Mapping[str, np.ndarray], edges: np.ndarray, *, x_title: str) -> go.Figure:
    """One histogram of values per row, on one axis, each with its mean as a line, named. Traces: the names."""
    domains = stacked(len(rows), 0.2)
    shares = {name: histogram(values, edges) for name, values in rows.items()}
    middles, width = (edges[:-1] + edges[1:]) / 2, float(edges[1] - edges[0])
    colours = dict(zip(rows, SERIES, strict=False))
    ceiling = _ceiling(np.stack([share.max() for share in shares.values()])[None])
    drawn = figure(
        [
            go.Bar(
                x=compact(middles), y=compact(share), width=width * 0.9, name=name, yaxis=axis_of("y", number),
                marker={"color": colours[name]}, hovertemplate=f"{name}<br>%{{x:.2f}}: %{{y:.1%}}<extra></extra>",
            )
            for number, (name, share) in enumerate(shares.items(), start=1)
        ],
        x=x_title,
        margin=(44, 16, 24, 40),
        bargap=0,
        annotations=titles_above(rows, domains),
    )  # fmt: skip
    drawn.update_layout(
        axes("y", domains, range=[0, ceiling], gridcolor=GRID, zeroline=False, showline=False, tickformat=".0%")
    )
    drawn.update_xaxes(range=[float(edges[0]), float(edges[-1])], anchor=axis_of("y", len(rows)))
    drawn.add_shape(reference_line(x=0, colour=AXIS))
    for number, values in enumerate(rows.values(), start=1):
        mean = float(values.mean()) if np.isfinite(values).all() else np.nan
        if not np.isfinite(mean):
            continue
        axis = axis_of("y", number)
        at = float(np.clip(mean, edges[0], edges[-1]))
        drawn.add_shape(reference_line(x=at, colour=INK, dash="solid", width=2, yref=f"{axis} domain"))
        drawn.add_annotation(
            **note(at, 1, f"mean {round(mean, 2) + 0.0:.2f}", colour=INK, yref=f"{axis} domain")
            | {"xanchor": "left", "xshift": 5}
        )
    return drawn


class Panel(NamedTuple):
    """One function of a gallery: its values over z, and the inputs that its trained network gives it."""

    curve: np.ndarray
    inputs: Inputs


def gallery(z: np.ndarray, panels: Mapping[str, Panel], *, picked: str = "", columns: int = 4) -> go.Figure:
    """Small charts, ``columns`` a row: each function above the histogram of its inputs; the picked one is bold.

    Traces: the names, and for each “inputs on the slope, NAME” and “inputs where it is flat, NAME”.
    """
    rows = -(-len(panels) // columns)
    across, down = side_by_side(columns, 0.05), side_by_side(rows, 0.2)
    low, high = -1.25, 2.4
    drawn = figure([], margin=(28, 10, 26, 34), barmode="stack", bargap=0)
    for number, (name, panel) in enumerate(panels.items()):
        (left, right), (top, bottom) = across[number % columns], down[number // columns]
        top, bottom = 1 - top, max(0.0, 1 - bottom)
        split = bottom + 0.3 * (top - bottom)
        x, y, y2 = axis_of("x", number + 1), axis_of("y", 2 * number + 1), axis_of("y", 2 * number + 2)
        drawn.add_trace(
            go.Scatter(
                x=compact(z), y=compact(panel.curve), name=name, mode="lines", xaxis=x, yaxis=y,
                line={"color": SERIES[0], "width": 3 if name == picked else 2},
                hovertemplate=f"{name}(%{{x:.2f}}) = %{{y:.3f}}<extra></extra>",
            )
        )  # fmt: skip
        for bar in _bars(panel.inputs, None, y2, f", {name}", x):
            drawn.add_trace(bar)
        shown = {"range": [float(z[0]), float(z[-1])], "domain": [left, right], "anchor": y2, "zeroline": False}
        grid = {"gridcolor": GRID, "zeroline": False, "showline": False, "anchor": x}
        drawn.update_layout(
            {
                axis_name(x): shown | {"showgrid": False, "showline": True, "linecolor": AXIS, "tickvals": [-4, 0, 4]},
                axis_name(y): grid
                | {"range": [low, high], "domain": [split + 0.02, top], "tickvals": [-1, 0, 1, 2]}
                | {"showticklabels": number % columns == 0},
                axis_name(y2): grid
                | {"range": [0, _ceiling(panel.inputs.shares)], "domain": [bottom, split]}
                | {"showticklabels": False, "showgrid": False},
            }
        )  # fmt: skip
        title = f"<b>{name}</b>" if name == picked else name
        drawn.add_annotation(**note(left, top, title, colour=INK if name == picked else INK_2, **CORNER))
    return drawn


def axis_name(axis: str) -> str:
    """“x2”, as traces call it → “xaxis2”, as the layout does."""
    return f"{axis[0]}axis{axis[1:]}"
