"""Points of two classes that a field carries from where they start to where they end, with their whole paths."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import INK_3, MARKERS, SERIES, compact, figure

LONGEST_ARROW = 11.0


def flow_paths(
    paths: np.ndarray,
    labels: np.ndarray,
    *,
    classes: tuple[str, str],
    places: np.ndarray,
    arrows: np.ndarray,
    names: Sequence[str],
    titles: tuple[str, str] = ("", ""),
) -> go.Figure:
    """``paths`` (S, P, 2) as thin lines and, in a frame per state, the points of either class (``labels`` (P,)) there.

    ``arrows`` (G, 2) of the field stand at ``places`` (G, 2). The last frame is shown first. Traces: “field”, and per
    class its name and “paths of …”.
    """
    length = np.hypot(*arrows.T)
    angle = np.rint(np.degrees(np.arctan2(arrows[:, 0], arrows[:, 1]))).astype(np.int16)
    size = np.rint(LONGEST_ARROW * np.sqrt(length / max(length.max(initial=0.0), 1e-9))).astype(np.uint8)
    quiver = go.Scatter(
        x=compact(places[:, 0]), y=compact(places[:, 1]), name="field", mode="markers", hoverinfo="skip"
    )
    quiver.marker = {"symbol": "arrow", "color": INK_3, "opacity": 0.45, "angle": angle, "size": size}
    traces, moving = [quiver], []
    for number, name in enumerate(classes):
        own = paths[:, labels == number]
        broken = np.concatenate([own, np.full_like(own[:1], np.nan)]).transpose(1, 0, 2).reshape(-1, 2)
        line = go.Scatter(
            x=compact(broken[:, 0]), y=compact(broken[:, 1]), name=f"paths of {name}", mode="lines", hoverinfo="skip",
            line={"color": SERIES[number], "width": 1}, opacity=0.45,
        )  # fmt: skip
        line.meta = {"gaps": True}
        dots = go.Scatter(
            x=compact(own[-1, :, 0]), y=compact(own[-1, :, 1]), name=name, mode="markers",
            hovertemplate=f"{name} (%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
            marker={"size": 7, "color": SERIES[number], "symbol": MARKERS[2 * number]},
        )  # fmt: skip
        traces += [line, dots]
        moving.append(own)
    drawn = figure(traces, x=titles[0], margin=(24, 8, 8, 24))
    shown = np.concatenate([paths.reshape(-1, 2), places])
    low, high = np.nanmin(shown, 0), np.nanmax(shown, 0)
    (left, bottom), (right, top) = low - 0.06 * (high - low), high + 0.06 * (high - low)
    drawn.update_xaxes(range=[left, right], showticklabels=False, showline=False, constrain="domain")
    drawn.update_yaxes(
        range=[bottom, top], showticklabels=False, showgrid=False, scaleanchor="x", constrain="domain",
        title={"text": titles[1], "standoff": 4},
    )  # fmt: skip
    patches = (
        [{"x": compact(own[at, :, 0]), "y": compact(own[at, :, 1])} for own in moving] for at in range(len(names))
    )
    return stepped(drawn, names, patches, [2, 4])
