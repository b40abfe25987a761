"""Bars over named outcomes, each with a mark at the value that is known to be true."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK, INK_3, compact, figure, note, plain

COLOURS = (ACCENT, INK_3)
TOUCHING = 0.1
"""A line so little above a bar, as a share of the highest of all, would run through the number over it."""


def truth_bars(
    groups: Mapping[str, np.ndarray],
    *,
    labels: Sequence[str],
    truth: np.ndarray | None = None,
    truth_name: str = "truth",
    x_title: str = "",
    y_range: tuple[float, float] | None = None,
    write: bool = True,
) -> go.Figure:
    """Bars side by side, a trace per group, of its name; a thick line across each label at ``truth`` (N,), if known.

    ``write`` puts the value over each bar, where there is one group. Traces: those of ``groups``, and ``truth_name``.
    """
    places = np.arange(len(labels))
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(
            x=places, y=compact(values), name=name, marker={"color": colour},
            customdata=list(map(plain, labels)),
            hovertemplate=f"{name}<br>%{{customdata}}<br>%{{y:.4f}}<extra></extra>",
            meta={"gaps": True} if np.isnan(values).any() else None,
        )
        for (name, values), colour in zip(groups.items(), COLOURS)
    ]  # fmt: skip
    if truth is not None:
        width = 0.42
        across = np.stack([places - width, places + width, np.full(len(places), np.nan)], axis=1).ravel()
        traces.append(
            go.Scatter(
                x=compact(across), y=compact(np.repeat(truth, 3)), name=truth_name, mode="lines",
                line={"color": INK, "width": 2.5}, hovertemplate=f"{truth_name}<br>%{{y:.4f}}<extra></extra>",
                meta={"gaps": True},
            )
        )  # fmt: skip
    drawn = figure(traces, x=x_title, y_range=y_range, margin=(40, 12, 18, 44), bargap=0.3, barmode="group")
    if write and len(groups) == 1:
        (values,) = groups.values()
        marks = values if truth is None else truth
        touching = (marks > values) & (marks - values < TOUCHING * np.nanmax([values, marks]))
        for place, value, top in zip(places.tolist(), values, np.where(touching, marks, values)):
            if np.isfinite(value):
                drawn.add_annotation(**note(place, float(top), f"{value:.2f}", yanchor="bottom", yshift=2))
    return drawn.update_xaxes(tickmode="array", tickvals=places, ticktext=list(map(plain, labels)))
