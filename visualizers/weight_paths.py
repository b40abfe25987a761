"""Groups of weights along one number, side by side, and where on it one stands."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, side_by_side, titles_beside
from visualizers.stepped import stepped
from visualizers.theme import ACCENT, GRID, SERIES, compact, figure


def weight_paths(
    along: np.ndarray, groups: Mapping[str, np.ndarray], *, x_title: str, frames: Sequence[str], start: int
) -> go.Figure:
    """``groups``: name → (S, M), M weights at each of ``along`` (S,), which are the frames too.

    Traces: one per group, of its name, with a gap between two weights; “here, name” are the weights of the frame.
    """
    domains = side_by_side(len(groups), 0.09)
    lines, dots = [], []
    for number, (name, weights) in enumerate(groups.items(), start=1):
        place = {"xaxis": axis_of("x", number), "yaxis": axis_of("y", number)}
        across = np.tile(np.append(along, np.nan), weights.shape[1])
        up = np.concatenate([np.append(one, np.nan) for one in weights.T])
        lines.append(
            go.Scatter(
                x=compact(across), y=compact(up), name=name, mode="lines", meta={"gaps": True}, **place,
                line={"color": SERIES[(number - 1) % len(SERIES)], "width": 1.2},
                hovertemplate=f"{name}<br>{x_title} %{{x:.3g}}<br>%{{y:.3g}}<extra></extra>",
            )
        )  # fmt: skip
        dots.append(
            go.Scatter(
                x=compact(np.full(weights.shape[1], along[start])), y=compact(weights[start]), name=f"here, {name}",
                mode="markers", marker={"size": 5, "color": ACCENT}, hoverinfo="skip", **place,
            )
        )  # fmt: skip
    drawn = figure([*lines, *dots], margin=(34, 10, 24, 40), annotations=titles_beside(groups, domains))
    common = {"showgrid": False, "zeroline": False, "ticks": "", "nticks": 4, "title": {"text": x_title, "standoff": 4}}
    drawn.update_layout(axes("x", domains, *({"anchor": axis_of("y", n + 1)} for n in range(len(groups))), **common))
    own = [{"anchor": axis_of("x", number + 1)} for number in range(len(groups))]
    drawn.update_layout(
        axes(
            "y",
            [(0, 1)] * len(groups),
            *own,
            zeroline=False,
            ticks="",
            nticks=5,
            gridcolor=GRID,
        )
    )
    patches = (
        [{"x": compact(np.full(weights.shape[1], along[at])), "y": compact(weights[at])} for weights in groups.values()]
        for at in range(len(frames))
    )
    return stepped(drawn, frames, patches, list(range(len(groups), 2 * len(groups))))
