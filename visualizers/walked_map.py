"""A map of points with the names of their classes, a point that is moved over it, and the picture of that place."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import titles_beside
from visualizers.theme import FAILED, SEQUENTIAL, SERIES, compact, figure, scale

MAP, PICTURE = (0.0, 0.6), (0.68, 1.0)


def walked_map(
    placed: np.ndarray,
    classes: Mapping[str, np.ndarray],
    at: np.ndarray,
    picture: np.ndarray,
    *,
    low: np.ndarray,
    high: np.ndarray,
    axes: Sequence[str],
) -> go.Figure:
    """Points ``placed`` (Q, 2); ``classes``: name → which are of it (Q,). The map spans ``low`` to ``high`` (2,).

    ``picture`` (H, W), in per cent of ink, belongs to the place ``at`` (2,). Traces: “class NAME” for each class,
    “place”, “digit at this place”.
    """
    numerals = [
        go.Scatter(
            x=compact(placed[own, 0]), y=compact(placed[own, 1]), name=f"class {name}", mode="text",
            text=[name] * int(own.sum()), textfont={"size": 11, "color": SERIES[index % len(SERIES)]},
            hovertemplate=f"{name}<extra></extra>", meta={"gaps": True},
        )
        for index, (name, own) in enumerate(classes.items())
    ]  # fmt: skip
    place = go.Scatter(
        x=compact(at[:1]), y=compact(at[1:]), name="place", mode="markers", hoverinfo="skip",
        marker={"size": 18, "color": FAILED, "symbol": "circle-open", "line": {"width": 3, "color": FAILED}},
    )  # fmt: skip
    digit = go.Heatmap(
        z=compact(picture), name="digit at this place", zmin=0, zmax=100, colorscale=scale(SEQUENTIAL),
        showscale=False, xaxis="x2", yaxis="y2", hovertemplate="ink %{z:.0f} %<extra></extra>",
    )  # fmt: skip
    titles = titles_beside(["held-out digits by their codes", "decoded here"], [MAP, PICTURE])
    drawn = figure([*numerals, place, digit], margin=(44, 8, 26, 40), annotations=titles)
    drawn.update_layout(
        xaxis={"domain": MAP, "range": [float(low[0]), float(high[0])], "title": {"text": axes[0], "standoff": 4}},
        yaxis={
            "range": [float(low[1]), float(high[1])], "title": {"text": axes[1], "standoff": 2}, "showgrid": False,
        },
        xaxis2={
            "domain": PICTURE, "anchor": "y2", "showticklabels": False, "showline": False, "showgrid": False,
            "ticks": "", "zeroline": False, "constrain": "domain",
        },
        yaxis2={
            "anchor": "x2", "scaleanchor": "x2", "autorange": "reversed", "showticklabels": False, "showgrid": False,
            "ticks": "", "zeroline": False, "constrain": "domain", "constraintoward": "top",
        },
    )  # fmt: skip
    return drawn
