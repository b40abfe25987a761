"""Horizontal bars, one per name, with their values written behind them; for names that are long."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK, MARK, SERIES, clickable, compact, figure, note, plain
from visualizers.written_numbers import written


def horizontal_bars(
    values: np.ndarray,
    *,
    labels: Sequence[str],
    x_title: str = "",
    picked: str | None = None,
    sets: str | None = None,
    as_: str = "{:.2f}",
    left: int = 150,
    colours: Sequence[str] | None = None,
    points: Mapping[str, np.ndarray] | None = None,
) -> go.Figure:
    """The bar called ``picked`` is strong, all are where none is. ``sets`` names the control that a click sets.

    ``points`` are a second value of each name, on the same axis. Traces: “values”, and those of ``points``.
    """
    rows = list(range(len(values)))
    strong = picked not in labels
    bars = go.Bar(
        x=compact(values), y=rows, name="values", orientation="h", width=0.6, customdata=[[label] for label in labels],
        marker={"color": list(colours or [ACCENT if strong or label == picked else MARK for label in labels])},
        hovertemplate="%{x:.4g}<extra></extra>",
    )  # fmt: skip
    if sets is not None:
        clickable(bars, sets)
    finite = values[np.isfinite(values)]
    high, low = float(max(finite.max(initial=0.0), 1e-9)), float(min(finite.min(initial=0.0), 0.0))
    diamonds = [
        go.Scatter(
            x=compact(each), y=rows, name=name, mode="markers", orientation="h",  # its numbers lie along x
            hovertemplate="%{x:.3g}<extra></extra>",
            marker={"symbol": "diamond", "size": 9, "color": SERIES[1]},
        )
        for name, each in (points or {}).items()
    ]  # fmt: skip
    drawn = figure([bars, *diamonds], x=x_title, margin=(left, 44, 6, 40), annotations=[
        note(max(float(value), 0.0), row, written(value, as_), colour=INK, xanchor="left", xshift=6)
        for row, value in zip(rows, values, strict=True) if np.isfinite(value)
    ])  # fmt: skip
    drawn.update_xaxes(range=[1.1 * low, 1.04 * high])
    drawn.update_yaxes(
        tickmode="array",
        tickvals=rows,
        ticktext=[f"{plain(label)} " for label in labels],
        showgrid=False,
        range=[len(values) - 0.4, -0.6],
    )
    return drawn
