"""Two fields of arrows in several planes side by side: where they agree, one lies on the other."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.theme import ACCENT, SEQUENTIAL, SERIES, compact, figure, scale

WIDTHS, HEADS = (5, 2), (13, 8)
COLOURS = (SERIES[1], ACCENT)
FADED = 2.2
"""The scale of the ground ends at so many times its largest value, so that arrows stand out from it."""


def arrow_planes(
    places: np.ndarray, fields: Mapping[str, np.ndarray], grounds: np.ndarray, *, titles: Sequence[str], reach: float,
    longest: float,
) -> go.Figure:  # fmt: skip
    """``fields``: two names → (P, G, 2), arrows at ``places`` (G, 2), the first wide and pale, the second thin on it.

    In each of the P planes an arrow's length is the root of its vector's; the longest of the first field is
    ``longest``. ``grounds`` (P, N, N) is a function over the plane from −``reach`` to ``reach``, rows of one y, the
    first at the bottom. Traces: “ground, title”, “name, title” at the arrows' tips and “name, title, shafts”.
    """
    domains = side_by_side(len(titles), 0.03)
    traces: list[go.Heatmap | go.Scatter] = []
    span = np.linspace(-reach, reach, grounds.shape[-1])
    for number, title in enumerate(titles):
        on = {"xaxis": axis_of("x", number + 1), "yaxis": axis_of("y", number + 1), "hoverinfo": "skip"}
        ground = grounds[number]
        traces.append(
            go.Heatmap(
                x=compact(span), y=compact(span), z=compact(ground), name=f"ground, {title}", showscale=False,
                colorscale=scale(SEQUENTIAL), zmin=float(ground.min()), zmax=FADED * float(ground.max()), **on,
            )
        )  # fmt: skip
        largest = np.sqrt(np.linalg.norm(next(iter(fields.values()))[number], axis=-1).max())
        for (name, field), width, head, colour in zip(fields.items(), WIDTHS, HEADS, COLOURS):
            length = np.linalg.norm(field[number], axis=-1, keepdims=True)
            arrow = field[number] / np.sqrt(np.maximum(length, 1e-12)) * longest / max(largest, 1e-12)
            tips = places + np.clip(np.nan_to_num(arrow), -longest, longest)
            shafts = np.stack([places, tips, np.full_like(tips, np.nan)], axis=1).reshape(-1, 2)
            angle = np.rint(np.degrees(np.arctan2(tips[:, 0] - places[:, 0], tips[:, 1] - places[:, 1])))
            opacity = 0.45 if width > 2 else 0.95
            traces.append(
                go.Scatter(
                    x=compact(shafts[:, 0]), y=compact(shafts[:, 1]), name=f"{name}, {title}, shafts", mode="lines",
                    line={"color": colour, "width": width}, opacity=opacity, **on,
                )
            )  # fmt: skip
            traces.append(
                go.Scatter(
                    x=compact(tips[:, 0]), y=compact(tips[:, 1]), name=f"{name}, {title}", mode="markers",
                    marker={"symbol": "triangle-up", "angle": angle.astype(np.int16), "size": head, "color": colour},
                    opacity=opacity, **on,
                )
            )  # fmt: skip
    bare = {
        "showticklabels": False,
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "range": [-reach, reach],
    }
    square = [{"scaleanchor": axis_of("y", n), "constrain": "domain"} for n in range(1, len(titles) + 1)]
    down = [{"anchor": axis_of("x", n), "constrain": "domain"} for n in range(1, len(titles) + 1)]
    drawn = figure(traces, margin=(8, 8, 26, 8), annotations=titles_beside(titles, domains))
    drawn.update_layout(axes("x", domains, *square, **bare) | axes("y", [(0.0, 1.0)] * len(titles), *down, **bare))
    return drawn
