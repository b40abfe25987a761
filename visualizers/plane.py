"""What a network makes of a plane: its prediction everywhere, over the points it learned from, and every unit's map."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.stepped import stepped
from visualizers.theme import ACCENT, DIVERGING, INK, SERIES, STAGE, clickable, compact, figure, note, scale

STEPS = 100
"""Cells are whole hundredths of the largest value: one byte per cell."""

PALE = 45
"""Hundredths that the colours of a surface reach further than its values: the points on it stand out."""


def _hundredths(values: np.ndarray) -> np.ndarray:
    """Whole hundredths from −1 to 1; what is no number becomes a gap, and then takes four bytes."""
    scaled = np.rint(STEPS * values)
    return scaled.astype(np.int8) if np.isfinite(scaled).all() else compact(scaled)


def surface(
    chances: np.ndarray,
    places: np.ndarray,
    *,
    points: np.ndarray,
    labels: np.ndarray,
    added: int,
    names: Sequence[str],
    start: int,
    sets: str,
) -> go.Figure:
    """``chances`` (S, N, N) of the second class at ``places`` (N,) in x and y, a frame per step; rows are y.

    ``points`` (P, 2) with ``labels`` (P,) lie on it, circles and squares; the last ``added`` of them are larger. A
    click on the plane, or on an added point, is told to the control ``sets``. Traces: “probability of orange, in
    percent”, “blue points”, “orange points”, “added points”.
    """
    sheets = [_hundredths(sheet) for sheet in chances]
    plane = go.Heatmap(
        x=places, y=places, z=sheets[start], name="probability of orange, in percent", colorscale=scale(DIVERGING),
        zmin=-PALE, zmax=STEPS + PALE, zsmooth="fast", showscale=False,
        hovertemplate="(%{x:.2f}, %{y:.2f})<br>%{z} % orange<extra></extra>",
    )  # fmt: skip
    traces = [_where(plane, sets)]
    given = len(points) - added
    for label, (name, colour, symbol) in enumerate(
        (("blue points", SERIES[0], "circle"), ("orange points", SERIES[1], "square"))
    ):
        chosen = points[:given][labels[:given] == label]
        dots = go.Scatter(x=chosen[:, 0], y=chosen[:, 1], name=name, mode="markers", hoverinfo="skip")
        dots.marker = {"size": 6, "color": colour, "symbol": symbol, "line": {"color": STAGE, "width": 1}}
        traces.append(dots)
    mine = go.Scatter(x=points[given:, 0], y=points[given:, 1], name="added points", mode="markers")
    colours = [SERIES[label] for label in labels[given:]]
    symbols = ["square" if label else "circle" for label in labels[given:]]
    mine.marker = {"size": 11, "color": colours, "symbol": symbols, "line": {"color": INK, "width": 2}}
    mine.hovertemplate = "added: (%{x:.2f}, %{y:.2f})<extra></extra>"
    traces.append(_where(mine, sets))
    drawn = figure(traces, margin=(26, 6, 6, 24))
    ends = [float(places[0]), float(places[-1])]
    drawn.update_xaxes(range=ends, showline=False, constrain="domain")
    drawn.update_yaxes(range=ends, showgrid=False, scaleanchor="x", constrain="domain")
    return stepped(drawn, names, ([{"z": sheet}] for sheet in sheets), [0])


def _where(trace: go.Heatmap | go.Scatter, sets: str) -> go.Heatmap | go.Scatter:
    """A click on ``trace`` says where it was, not on what."""
    clickable(trace, sets)
    trace.meta = trace.meta | {"where": True}
    return trace


COLUMNS, GAP = 8, 1
NOTHING = -STEPS - 1
_BARE_BELOW = [
    [0.0, STAGE],
    [0.5 / (2 * STEPS + 1), STAGE],
    *(
        [(0.5 + (2 * STEPS + 0.5) * at / (len(DIVERGING) - 1)) / (2 * STEPS + 1), colour]
        for at, colour in enumerate(DIVERGING)
    ),
]
"""The diverging scale, whose lowest step has the colour of the page: what lies between the maps."""


def unit_maps(maps: Sequence[np.ndarray], *, names: Sequence[str], start: int) -> go.Figure:
    """What every hidden unit gives over the plane: for each layer (S, M, N, N) from −1 to 1, a frame per step.

    Rows of a map are y, from the bottom up. Layers stand one above the other, at most eight maps in a row. Trace:
    “output of each unit, in percent of the largest”.
    """
    N, columns = maps[0].shape[-1], min(COLUMNS, maps[0].shape[1])
    each = N + GAP
    rows = [-(-layer.shape[1] // columns) for layer in maps]
    sheets = np.full((len(names), sum(rows) * each - GAP + (len(maps) - 1), columns * each - GAP), NOTHING, np.int8)
    ticks, words, top = [], [], 0
    for number, (layer, count) in enumerate(zip(maps, rows), start=1):
        for unit in range(layer.shape[1]):
            down, left = top + unit // columns * each, unit % columns * each
            sheets[:, down : down + N, left : left + N] = np.rint(STEPS * np.nan_to_num(layer[:, unit, ::-1]))
        ticks += [top + row * each + (N - 1) / 2 for row in range(count)]
        words += [f"layer {number}", *[""] * (count - 1)]
        top += count * each + 1
    trace = go.Heatmap(
        z=sheets[start], name="output of each unit, in percent of the largest", colorscale=_BARE_BELOW,
        zmin=NOTHING, zmax=STEPS, showscale=False, hoverinfo="skip", meta={"tile": [N, N]},
    )  # fmt: skip
    drawn = figure([trace], margin=(52, 6, 4, 4))
    across = [column * each + (N - 1) / 2 for column in range(columns)]
    drawn.update_xaxes(
        tickmode="array", tickvals=across, ticktext=[""] * columns, showticklabels=False, showline=False,
        constrain="domain",
    )  # fmt: skip
    drawn.update_yaxes(
        tickmode="array", tickvals=ticks, ticktext=words,
        autorange="reversed", showgrid=False, scaleanchor="x", constrain="domain", constraintoward="top",
    )  # fmt: skip
    return stepped(drawn, names, ([{"z": sheet}] for sheet in sheets), [0])


def losses(
    training: np.ndarray, held_out: np.ndarray, steps: np.ndarray, *, guessing: float, last: int, names: Sequence[str]
) -> go.Figure:
    """Loss of the training points after every step, and of held-out points (S,) after ``steps``; a frame marks a step.

    A dotted line is the loss of ``guessing``; losses above three times that are cut off. Traces: “training”, “held
    out”, “step shown”.
    """
    top = 1.08 * min(3 * guessing, max(guessing, float(np.nanmax([*training, *held_out], initial=0.0))))
    x = np.arange(1, len(training) + 1)
    shown = steps[-len(names) :]
    hover = "step %{x}<br>%{y:.3f} nats per point<extra></extra>"
    lines = [
        go.Scatter(x=x.astype(np.uint16), y=compact(training), name="training", mode="lines", hovertemplate=hover,
                   line={"color": SERIES[0], "width": 2}),
        go.Scatter(x=steps.astype(np.uint16), y=compact(held_out), name="held out", mode="lines+markers",
                   hovertemplate=hover, line={"color": SERIES[1], "width": 2, "dash": "dash"}, marker={"size": 6},
                   cliponaxis=False),
        go.Scatter(x=[int(shown[-1])] * 2, y=[0, top], name="step shown", mode="lines", hoverinfo="skip",
                   line={"color": ACCENT, "width": 1}),
    ]  # fmt: skip
    drawn = figure(lines, x="step", x_range=(0, last), y_range=(0, top), margin=(34, 12, 8, 40))
    drawn.add_shape(reference_line(y=guessing))
    drawn.add_annotation(**note(last, guessing, "guessing", xanchor="right", yanchor="bottom"))
    return stepped(drawn, names, ([{"x": [int(step)] * 2}] for step in shown), [2])
