"""Input spikes, the stretches in which a pattern repeats, and the spikes of the neuron that hears them."""

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import left_empty
from visualizers.small_multiples import axes, titles_above
from visualizers.theme import ACCENT, AXIS, FAILED, INK, MARK, compact, figure


def heard_pattern(
    inputs: np.ndarray, inside: np.ndarray, drive: np.ndarray, fired: np.ndarray, *, titles: tuple[str, str]
) -> go.Figure:
    """Above, ``inputs`` (T, N) as dots; below, ``drive`` (T,), their weighted sum at each step, as bars, and a mark
    above it wherever ``fired`` (T,) is 1. Steps ``inside`` (T,) the pattern have a coloured ground.

    Traces: “inputs”, “drive”, “spikes”.
    """
    T = len(inside)
    at, which = np.nonzero(inputs)
    top = 1.35 * max(float(drive.max()), 1e-9)
    time = np.arange(T)
    traces = [
        go.Scatter(
            x=at.astype(np.int16), y=which.astype(np.int16), name="inputs", mode="markers", hoverinfo="skip",
            marker={"size": 2, "color": INK},
        ),
        go.Bar(
            x=time.astype(np.int16), y=compact(drive), name="drive", marker={"color": AXIS}, yaxis="y2", width=1,
            hovertemplate="%{x} ms<br>weighted input %{y:.2f}<extra></extra>",
        ),
        left_empty(
            go.Scatter(
                x=time.astype(np.int16), y=compact(np.where(fired > 0, 0.9 * top, np.nan)), name="spikes",
                mode="markers", yaxis="y2", hovertemplate="spike at %{x} ms<extra></extra>",
                marker={"symbol": "line-ns", "size": 14, "color": FAILED, "line": {"color": FAILED, "width": 3}},
            )
        ),
    ]  # fmt: skip
    domains = [(0.42, 1.0), (0.0, 0.33)]
    drawn = figure(
        traces, x="time, ms", x_range=(0, T), margin=(36, 12, 24, 40), bargap=0,
        annotations=titles_above(titles, domains),
    )  # fmt: skip
    own = [{"range": [-4, inputs.shape[1] + 4], "showgrid": False}, {"range": [0, top], "nticks": 3}]
    drawn.update_layout(axes("y", domains, *own, zeroline=False, showline=False))
    drawn.update_xaxes(anchor="y2")
    begun = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(int), [0]])) == 1)
    ended = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(int), [0]])) == -1)
    for left, right in zip(begun, ended, strict=True):
        drawn.add_shape(
            type="rect", x0=float(left), x1=float(right), y0=0, y1=1, yref="paper", layer="below",
            fillcolor=MARK, line={"width": 0},
        )  # fmt: skip
    return drawn


def weights_by_time(
    fires: np.ndarray, weights: np.ndarray, others: np.ndarray, window: tuple[np.ndarray, np.ndarray], *, span: float
) -> go.Figure:
    """Weights over the step of the pattern at which each input fires first, and the ``window`` (x, y) as a line;
    ``others`` take no part and stand at the right.

    Traces: “inputs of the pattern”, “other inputs”, “window”.
    """
    spread = span * (1.06 + 0.12 * (np.arange(len(others)) / max(len(others) - 1, 1)))
    traces = [
        go.Scatter(
            x=compact(fires), y=compact(weights), name="inputs of the pattern", mode="markers", cliponaxis=False,
            marker={"color": ACCENT, "size": 6, "opacity": 0.6},
            hovertemplate="fires at %{x:.0f} ms<br>weight %{y:.2f}<extra></extra>",
        ),
        go.Scatter(
            x=compact(spread), y=compact(others), name="other inputs", mode="markers", cliponaxis=False,
            marker={"color": AXIS, "size": 6, "opacity": 0.6, "symbol": "diamond"},
            hovertemplate="takes no part<br>weight %{y:.2f}<extra></extra>",
        ),
        left_empty(
            go.Scatter(
                x=compact(window[0]), y=compact(window[1]), name="window", mode="lines",
                line={"color": FAILED, "width": 2},
                hovertemplate="an input at %{x:.0f} ms<br>changes by %{y:.2f}<extra></extra>",
            )
        ),
    ]  # fmt: skip
    drawn = figure(
        [left_empty(trace) for trace in traces], x="first spike in the pattern, ms", x_range=(-1, 1.2 * span),
        y_range=(-1.02, 1.06), margin=(36, 12, 10, 40),
    )  # fmt: skip
    ticks = [0, 20, 40, 1.12 * span]
    drawn.update_xaxes(tickvals=ticks, ticktext=[*(f"{tick:g}" for tick in ticks[:-1]), "others"], tickangle=0)
    return drawn
