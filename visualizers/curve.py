"""Lines over a common axis, each labelled at its end."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.theme import ACCENT, DASHES, SERIES, compact, figure, note


def curves(
    x: Sequence[float] | np.ndarray,
    lines: Mapping[str, np.ndarray],
    *,
    x_title: str,
    x_log: bool = False,
    y_log: bool = False,
    y_range: Sequence[float] | None = None,
    markers: bool = False,
    colours: Mapping[str, str] | None = None,
    room: int = 96,
) -> go.Figure:
    """One line an item of ``lines`` over ``x``; its name, that of the trace, stands at its last finite point, ``room``
    pixels wide.

    Colour never stands alone: every line has its own dash as well.
    """
    traces, labels = [], []
    for index, (name, y) in enumerate(lines.items()):
        colour = (colours or {}).get(name, SERIES[index % len(SERIES)])
        traces.append(
            go.Scatter(
                x=compact(x),
                y=compact(y),
                name=name,
                mode="lines+markers" if markers else "lines",
                line={"color": colour, "width": 2, "dash": DASHES[index % len(DASHES)]},
                marker={"size": 6, "color": colour},
                hovertemplate=f"{name}<br>{x_title} %{{x:.4g}}<br>%{{y:.4g}}<extra></extra>",
            )
        )
        finite = np.flatnonzero(np.isfinite(y))
        if len(finite) and name:
            at_x, at_y = float(np.asarray(x)[finite[-1]]), float(np.asarray(y)[finite[-1]])
            labels.append(
                note(
                    np.log10(at_x) if x_log else at_x,
                    np.log10(max(at_y, 1e-30)) if y_log else at_y,
                    name,
                    colour=colour,
                    xanchor="left",
                    xshift=6,
                    align="left",
                )  # fmt: skip
            )
    drawn = figure(traces, x=x_title, y_range=y_range, margin=(48, room, 10, 40), annotations=labels)
    drawn.update_xaxes(type="log" if x_log else "linear")
    drawn.update_yaxes(type="log" if y_log else "linear")
    return drawn


def learning_course(steps: Sequence[int], shares: Sequence[float], shown: int) -> go.Figure:
    """One share from 0 to 1 after each number of training steps, the trace “accuracy”; ``shown`` is marked."""
    drawn = curves(
        steps, {"": np.asarray(shares)}, x_title="training step", y_range=(0, 1.05), room=12, markers=True,
        colours={"": ACCENT},
    )  # fmt: skip
    drawn.data[0].name = "accuracy"
    return mark_x(drawn, shown, "shown")


def mark_x(drawn: go.Figure, x: float, text: str) -> go.Figure:
    """A dotted vertical line at ``x`` with a label at its top."""
    drawn.add_shape(reference_line(x=x))
    at = np.log10(x) if drawn.layout.xaxis.type == "log" else x  # shapes take the value, annotations its logarithm
    return drawn.add_annotation(**note(at, 1, text, yref="paper", xanchor="left", yanchor="top", xshift=5))


def apart(drawn: go.Figure, pixels: float, step: float = 14) -> go.Figure:
    """Push the end labels of curves up where they would touch; ``pixels`` is the height of the plot itself."""
    low, high = drawn.layout.yaxis.range
    last = -np.inf
    for label in sorted(drawn.layout.annotations, key=lambda label: label.y):
        at = (label.y - low) / (high - low) * pixels
        label.yshift = max(0.0, last + step - at)
        last = at + label.yshift
    return drawn
