"""Curves with bands that say how unsure they are, over the points that they were fitted to."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import DASHES, INK_2, INK_3, SERIES, WELL, compact, figure

MARGIN = (36, 12, 10, 40)


class Band(NamedTuple):
    """A curve and how far its band reaches up and down: one number per input."""

    middle: np.ndarray
    half: np.ndarray


def _stretches(drawn: go.Figure, stretches: Sequence[tuple[float, float]]) -> go.Figure:
    """Pale columns over these parts of the x axis."""
    for low, high in stretches:
        drawn.add_shape(
            type="rect", x0=low, x1=high, y0=0, y1=1, yref="paper", fillcolor=WELL, line={"width": 0}, layer="below"
        )
    return drawn


def curve_bands(
    x: np.ndarray,
    bands: Mapping[str, Band],
    *,
    points: np.ndarray,
    truth: np.ndarray | None = None,
    single: np.ndarray | None = None,
    stretches: Sequence[tuple[float, float]] = (),
    x_title: str = "x",
    y_range: tuple[float, float],
) -> go.Figure:
    """Each of ``bands`` over ``x`` in its colour: filled for the first, edged by dashes for the others.

    ``points`` (P, 2) are dots, ``truth`` a dotted line; ``single`` (N, len(x)) are thin curves. Traces: for each band
    its name, and before that “, band” of the first, “, lower edge” and “, upper edge” of the others; “points”; “truth”
    and “single curves” where given.
    """
    traces: list[go.Scatter] = []
    over = compact(x)
    for index, (name, (middle, half)) in enumerate(bands.items()):
        low, high, colour = middle - half, middle + half, SERIES[index]
        if index == 0:
            traces.append(
                go.Scatter(
                    x=compact(np.concatenate([x, x[::-1]])), y=compact(np.concatenate([low, high[::-1]])),
                    name=f"{name}, band", mode="lines", line={"width": 0}, fill="toself", fillcolor=colour,
                    opacity=0.18, hoverinfo="skip",
                )
            )  # fmt: skip
            continue
        for side, y in (("lower edge", low), ("upper edge", high)):
            traces.append(
                go.Scatter(
                    x=over, y=compact(y), name=f"{name}, {side}", mode="lines", hoverinfo="skip",
                    line={"width": 1.3, "color": colour, "dash": "dash"}, opacity=0.7,
                )
            )  # fmt: skip
    if single is not None:
        gap = np.full((len(single), 1), np.nan)
        traces.append(
            go.Scatter(
                x=compact(np.concatenate([np.tile(x, (len(single), 1)), gap], axis=1).ravel()),
                y=compact(np.concatenate([single, gap], axis=1).ravel()), name="single curves", mode="lines",
                line={"width": 0.7, "color": INK_3}, opacity=0.5, hoverinfo="skip", meta={"gaps": True},
            )
        )  # fmt: skip
    if truth is not None:
        traces.append(
            go.Scatter(x=over, y=compact(truth), name="truth", mode="lines", hoverinfo="skip",
                       line={"width": 1.3, "color": INK_2, "dash": "dot"})
        )  # fmt: skip
    for index, (name, (middle, _)) in enumerate(bands.items()):
        traces.append(
            go.Scatter(x=over, y=compact(middle), name=name, mode="lines",
                       line={"width": 2, "color": SERIES[index], "dash": DASHES[index]},
                       hovertemplate=f"{name}<br>{x_title} %{{x:.2f}}<br>%{{y:.3f}}<extra></extra>")
        )  # fmt: skip
    traces.append(
        go.Scatter(x=compact(points[:, 0]), y=compact(points[:, 1]), name="points", mode="markers",
                   marker={"size": 4, "color": INK_2}, hovertemplate="(%{x:.2f}, %{y:.2f})<extra></extra>")
    )  # fmt: skip
    drawn = figure(traces, x=x_title, x_range=(float(x[0]), float(x[-1])), y_range=y_range, margin=MARGIN)
    return _stretches(drawn, stretches)


def band_widths(
    x: np.ndarray,
    widths: Mapping[str, np.ndarray],
    *,
    stretches: Sequence[tuple[float, float]] = (),
    x_title: str = "x",
    y_range: tuple[float, float],
) -> go.Figure:
    """How wide each band is over ``x``, in the colours and dashes of ``curve_bands``. A trace per band, of its name."""
    traces = [
        go.Scatter(x=compact(x), y=compact(width), name=name, mode="lines",
                   line={"width": 2, "color": SERIES[index], "dash": DASHES[index]},
                   hovertemplate=f"{name}<br>{x_title} %{{x:.2f}}<br>%{{y:.3f}}<extra></extra>")
        for index, (name, width) in enumerate(widths.items())
    ]  # fmt: skip
    drawn = figure(traces, x=x_title, x_range=(float(x[0]), float(x[-1])), y_range=y_range, margin=MARGIN)
    return _stretches(drawn, stretches)
