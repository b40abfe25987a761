"""Bundles of paths in the plane, each in its colour, over points that stay where they are."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import INK_3, MARKERS, compact, figure


def path_bundles(
    points: tuple[str, np.ndarray],
    bundles: Mapping[str, np.ndarray],
    *,
    colours: Mapping[str, str],
    x_title: str,
    y_title: str,
) -> go.Figure:
    """``points``: their name and places (N, 2), pale. ``bundles``: name → paths (P, T, 2), with a marker at each end.

    Traces: the points' name, and per bundle its name (its paths with gaps between them) and “ends of …”.
    """
    name, places = points
    traces = [
        go.Scatter(
            x=compact(places[:, 0]), y=compact(places[:, 1]), name=name, mode="markers", hoverinfo="skip",
            marker={"size": 5, "color": INK_3, "opacity": 0.35},
        )
    ]  # fmt: skip
    for number, (called, paths) in enumerate(bundles.items()):
        line, ends = broken(paths), paths[:, -1]
        traces.append(
            go.Scatter(
                x=compact(line[:, 0]), y=compact(line[:, 1]), name=called, mode="lines", hoverinfo="skip",
                line={"color": colours[called], "width": 1.2}, meta={"gaps": True},
            )
        )  # fmt: skip
        traces.append(
            go.Scatter(
                x=compact(ends[:, 0]), y=compact(ends[:, 1]), name=f"ends of {called}", mode="markers",
                marker={"size": 8, "color": colours[called], "symbol": MARKERS[number]},
                hovertemplate=f"{called}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
            )
        )  # fmt: skip
    drawn = figure(traces, x=x_title, margin=(48, 12, 8, 40))
    drawn.update_xaxes(showgrid=False, constrain="domain", ticks="")
    return drawn.update_yaxes(title={"text": y_title, "standoff": 4}, scaleanchor="x", constrain="domain", ticks="")


def broken(paths: np.ndarray) -> np.ndarray:
    """(P, T, 2) → one line (P (T + 1), 2) that is interrupted after each path."""
    return np.concatenate([paths, np.full_like(paths[:, :1], np.nan)], axis=1).reshape(-1, 2)
