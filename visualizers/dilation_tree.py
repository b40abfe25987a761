"""Which samples one prediction depends on, layer by layer: the tree of a stack of dilated convolutions."""

from collections.abc import Sequence

import plotly.graph_objects as go

from visualizers.theme import ACCENT, AXIS, figure


def tree(dilations: Sequence[int], *, reach: int, path: int | None = None) -> go.Figure:
    """Dots for the samples that each layer hands to one prediction, at the right, and lines between them.

    The input is at the bottom, the predicted sample at 0 on top; the newest sample it reads is one before it.
    ``reach`` samples are shown. ``path`` is a distance back, from 1: the one way to it is in the accent, if there is
    one. Traces: “connections”, “samples”, “path”.
    """
    levels = [{1}]
    xs: list[float | None] = [0, -1, None]
    ys: list[float | None] = [len(dilations) + 1, len(dilations), None]
    for height, d in zip(range(len(dilations), 0, -1), reversed(dilations), strict=True):
        for at in sorted(levels[-1]):
            for to in (at, at + d):
                xs += [-at, -to, None]
                ys += [height, height - 1, None]
        levels.append(levels[-1] | {at + d for at in levels[-1]})
    points = [(-at, len(dilations) - depth) for depth, level in enumerate(levels) for at in sorted(level)]
    found = _path(dilations, path - 1) if path is not None else []
    way = [(0, len(dilations) + 1), *((-1 - back, len(dilations) - depth) for depth, back in enumerate(found))]
    traces = [
        go.Scatter(x=xs, y=ys, name="connections", mode="lines", line={"color": AXIS, "width": 0.9}, hoverinfo="skip"),
        go.Scatter(
            x=[x for x, _ in points], y=[y for _, y in points], name="samples", mode="markers",
            marker={"size": 4, "color": AXIS}, hovertemplate="%{x} samples, layer %{y}<extra></extra>",
        ),
        go.Scatter(
            x=[x for x, _ in way], y=[y for _, y in way], name="path", mode="lines+markers",
            line={"color": ACCENT, "width": 2.5}, marker={"size": 7, "color": ACCENT},
            hovertemplate="%{x} samples, layer %{y}<extra></extra>",
        ),
    ]  # fmt: skip
    drawn = figure(traces, x="samples before the one predicted", x_range=(-reach, 3), margin=(78, 12, 8, 40))
    labels = ["input", *(f"dilation {d}" for d in dilations), "prediction"]
    drawn.update_yaxes(tickvals=list(range(len(labels))), ticktext=labels, showgrid=False)
    return drawn


def _path(dilations: Sequence[int], back: int) -> list[int]:
    """How far back the way to the input ``back`` samples ago stands, from the top layer down; [] if there is none."""

    def ways(left: Sequence[int], rest: int) -> list[int] | None:
        if not left:
            return [] if rest == 0 else None
        for step in (left[-1], 0):
            if step <= rest and (found := ways(left[:-1], rest - step)) is not None:
                return [step, *found]
        return None

    steps = ways(dilations, back)
    return [] if steps is None else [sum(steps[:depth]) for depth in range(len(steps) + 1)]
