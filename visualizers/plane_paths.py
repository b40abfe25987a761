"""Paths of states in the plane: where each starts and where it ends."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, DASHES, SERIES, compact, figure, note


def plane_paths(
    paths: Mapping[str, np.ndarray], *, x_title: str, y_title: str, reach: float, colours: tuple[str, ...] = ()
) -> go.Figure:
    """Each path (T, 2) is a line with a hollow marker at its start and a filled one at its end, named there.

    The plane shows −``reach`` … ``reach`` both ways. A trace per path, of its name.
    """
    traces, labels = [], []
    for index, (name, path) in enumerate(paths.items()):
        colour = (colours or (ACCENT, *SERIES[1:]))[index]
        inner = max(len(path) - 2, 0)
        traces.append(
            go.Scatter(
                x=compact(path[:, 0]), y=compact(path[:, 1]), name=name, mode="lines+markers",
                line={"color": colour, "width": 1.5, "dash": DASHES[index % len(DASHES)]},
                marker={
                    "symbol": ["circle-open", *["circle"] * inner, "circle"], "size": [10, *[3] * inner, 10],
                    "color": colour,
                },
                hovertemplate=f"{name}<br>step %{{pointNumber}}<br>%{{x:.3f}}, %{{y:.3f}}<extra></extra>",
            )
        )  # fmt: skip
        rightwards = index % 2 and path[-1, 0] < reach / 2  # else its words would leave the plane
        place = {"xanchor": "left", "xshift": 10} if rightwards else {"xanchor": "right", "xshift": -10}
        labels.append(note(float(path[-1, 0]), float(path[-1, 1]), f"{name}: end", colour=colour, **place))
    drawn = figure(traces, x=x_title, margin=(48, 12, 8, 40), annotations=labels)
    drawn.update_xaxes(range=[-reach, reach], constrain="domain")
    drawn.update_yaxes(range=[-reach, reach], title={"text": y_title, "standoff": 4})
    return drawn
