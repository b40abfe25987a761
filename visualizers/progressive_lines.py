"""Lines that grow by one point a frame, over a faint picture of where they will end."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import DASHES, STAGE, compact, figure


def progressive_lines(
    x: np.ndarray,
    lines: Mapping[str, np.ndarray],
    *,
    dots: Mapping[str, np.ndarray],
    x_title: str,
    colours: Sequence[str],
) -> go.Figure:
    """``lines`` are drawn whole; ``dots`` lie on them up to the frame's point. Lines grow if there are no dots.

    ``colours`` go to the lines, then to the dots. Traces: the names, and before a line that grows its name and
    “, whole” for the faint picture.
    """
    named = [*lines.items(), *dots.items()]
    traces, moving = [], []
    for index, (name, y) in enumerate(named):
        hover = f"{name}<br>{x_title} %{{x}}<br>%{{y:.4g}}<extra></extra>"
        common = {"x": compact(x), "y": compact(y), "name": name, "hovertemplate": hover}
        if index < len(lines) and dots:
            traces.append(go.Scatter(**common, mode="lines", line={"color": colours[index], "width": 1.5}))
            continue
        if index < len(lines):
            traces.append(
                go.Scatter(
                    x=common["x"],
                    y=common["y"],
                    name=f"{name}, whole",
                    mode="lines",
                    hoverinfo="skip",
                    opacity=0.35,
                    line={"color": colours[index], "width": 1, "dash": "dot"},
                )
            )
            style = {"mode": "lines+markers", "line": {"color": colours[index], "width": 2, "dash": DASHES[0]}}
        else:
            style = {"mode": "markers"}
        moving.append(len(traces))
        marker = {"size": 6, "color": colours[index], "line": {"color": STAGE, "width": 1}}
        traces.append(go.Scatter(**common, **style, marker=marker, cliponaxis=False))
    top = max(float(np.max(y)) for _, y in named)
    drawn = figure(
        traces,
        x=x_title,
        x_range=(float(x[0]) - 0.6, float(x[-1]) + 0.6),
        y_range=(0, 1.1 * top),
        margin=(44, 14, 8, 40),
    )
    patches = [
        [{"x": traces[place].x[: frame + 1], "y": traces[place].y[: frame + 1]} for place in moving]
        for frame in range(len(x))
    ]
    return stepped(drawn, [str(frame + 1) for frame in range(len(x))], patches, traces=moving)
