"""Points in a plane, each drawn as its label."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import INK, SERIES, compact, figure, plain


def labelled_points(points: np.ndarray, labels: Sequence[str], *, marked: np.ndarray, mark: str) -> go.Figure:
    """Points (P, 2) as words, a trace per different label, of that name; ``marked`` (2,) is a cross called ``mark``."""
    traces = []
    for number, label in enumerate(sorted(set(labels))):
        own = np.array([one == label for one in labels])
        traces.append(
            go.Scatter(
                x=compact(points[own, 0]), y=compact(points[own, 1]), name=plain(label), mode="text",
                text=[plain(label)] * int(own.sum()), textfont={"size": 11, "color": SERIES[number % len(SERIES)]},
                hovertemplate=f"{plain(label)}<extra></extra>",
            )
        )  # fmt: skip
    here = go.Scatter(
        x=compact(marked[:1]), y=compact(marked[1:]), name=mark, mode="markers", hovertemplate=f"{mark}<extra></extra>",
        marker={"symbol": "cross-open", "size": 13, "color": INK, "line": {"width": 2}},
    )  # fmt: skip
    drawn = figure([*traces, here], margin=(8, 8, 8, 8))
    drawn.update_xaxes(showticklabels=False, showline=False)
    return drawn.update_yaxes(showticklabels=False, showgrid=False)
