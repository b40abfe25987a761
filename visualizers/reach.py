"""How far back a loss reaches: a bar per step, over a line of what it would be without a cut."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.stepped import stepped
from visualizers.theme import ACCENT, INK_3, compact, figure, note


def reach(
    steps: np.ndarray, used: np.ndarray, whole: np.ndarray, *, marks: Mapping[str, int], frames: Sequence[str]
) -> go.Figure:
    """``used`` and ``whole`` (S, T), one row per frame, over ``steps`` (T,); the last frame is drawn.

    ``marks`` are steps with a name. Traces: “gradient that is used”, “whole gradient”.
    """
    bars = go.Bar(
        x=steps, y=compact(used[-1]), name="gradient that is used", marker={"color": ACCENT}, width=0.7,
        hovertemplate="step %{x}<br>%{y:.4g}<extra></extra>",
    )  # fmt: skip
    line = go.Scatter(
        x=steps, y=compact(whole[-1]), name="whole gradient", mode="lines+markers",
        line={"color": INK_3, "width": 1.5, "dash": "dot"}, marker={"size": 4, "color": INK_3},
        hovertemplate="step %{x}, whole<br>%{y:.4g}<extra></extra>",
    )  # fmt: skip
    finite = np.concatenate([used[np.isfinite(used)], whole[np.isfinite(whole)], [1.0]])
    drawn = figure(
        [bars, line],
        x="steps before the question",
        y_range=(0, 1.12 * float(finite.max())),
        margin=(44, 14, 26, 40),
        bargap=0.25,
        shapes=[reference_line(x=at) for at in marks.values()],
        annotations=[note(at, 1, name, yref="paper", yanchor="bottom", yshift=2) for name, at in marks.items()],
    )
    patches = [[{"y": compact(one)}, {"y": compact(other)}] for one, other in zip(used, whole, strict=True)]
    return stepped(drawn, list(frames), patches, [0, 1]) if len(frames) > 1 else drawn
