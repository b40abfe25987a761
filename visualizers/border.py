"""Two classes of points in the plane, and where a model draws the border between them."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import AXIS, DIVERGING, INK, SERIES, STAGE, compact, figure, note, scale


def border(
    first: np.ndarray, second: np.ndarray, scores: np.ndarray, reach: float, *, names: tuple[str, str]
) -> go.Figure:
    """Points (N, 2) of both classes over the scores (R, C) of the plane; the border is where the score is zero.

    The plane goes from −``reach`` to ``reach`` both ways, its first row at the top; colour is the size of the score,
    up to 4. Traces: “score”, “border”, and the two ``names``.
    """
    R, C = scores.shape
    x, y = np.linspace(-reach, reach, C), np.linspace(reach, -reach, R)
    shown = np.clip(np.nan_to_num(scores), -4, 4)
    traces = [
        go.Heatmap(
            x=compact(x), y=compact(y), z=compact(shown), name="score", colorscale=scale(DIVERGING), zmin=-14, zmax=14,
            showscale=False, hovertemplate="score %{z:.2f}<extra></extra>", zsmooth="best",
        ),
        go.Contour(
            x=compact(x), y=compact(y), z=compact(shown), name="border", showscale=False, hoverinfo="skip",
            contours={"start": 0, "end": 0, "size": 1, "coloring": "none", "showlabels": False},
            line={"color": INK, "width": 2.5},
        ),
    ]  # fmt: skip
    for points, name, colour, symbol in zip(
        (first, second), names, (SERIES[0], SERIES[1]), ("circle", "diamond"), strict=True
    ):
        marker = {"color": colour, "size": 6, "symbol": symbol, "line": {"color": STAGE, "width": 0.8}, "opacity": 0.9}
        traces.append(
            go.Scatter(
                x=compact(points[:, 0]), y=compact(points[:, 1]), name=name, mode="markers", marker=marker,
                hovertemplate=f"{name}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
            )
        )  # fmt: skip
    drawn = figure(traces, margin=(30, 8, 8, 28), annotations=[note(0, 0, "<b>+</b>", colour=INK)])
    common = {"range": [-reach, reach], "showgrid": False, "zeroline": False, "constrain": "domain", "linecolor": AXIS}
    drawn.update_xaxes(**common, tickvals=[-2, 0, 2])
    return drawn.update_yaxes(**common, tickvals=[-2, 0, 2], scaleanchor="x")
