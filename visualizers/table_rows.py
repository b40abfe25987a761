"""The rows of a table as cells of a sheet, and how many of them several settings change."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.matrix import BARE_AT_ZERO
from visualizers.theme import ACCENT, FAILED, INK, STAGE, figure, note, plain
from visualizers.written_numbers import written

CHANGE, MARKED = "change", "tokens of the batch"


def row_sheet(values: np.ndarray, marked: np.ndarray, labels: Sequence[str], *, columns: int) -> go.Figure:
    """One cell per row of a table, ``values`` (V,) from 0, ``columns`` cells in a line; a dot on every marked one (V,).

    Colour is the square root of the value. Traces: “change”, “tokens of the batch”.
    """
    lines = -(-len(values) // columns)
    largest = max(float(np.nanmax(values, initial=0.0)), 1e-12)
    sheet = np.zeros(lines * columns, np.uint8)
    sheet[: len(values)] = np.ceil(255 * np.sqrt(np.nan_to_num(values) / largest))  # what is not 0 can be seen
    names = [*map(plain, labels), *[""] * (lines * columns - len(labels))]
    cells = go.Heatmap(
        z=sheet.reshape(lines, columns), name=CHANGE, colorscale=BARE_AT_ZERO, zmin=0, zmax=255,
        showscale=False, xgap=1, ygap=1, text=np.array(names).reshape(lines, columns).tolist(),
        hovertemplate="%{text}<extra></extra>", meta={"root": largest},
    )  # fmt: skip
    at = np.flatnonzero(marked)
    dots = go.Scatter(
        x=at % columns, y=at // columns, name=MARKED, mode="markers", hoverinfo="skip",
        marker={"size": 6, "color": FAILED, "line": {"width": 1, "color": STAGE}},
    )  # fmt: skip
    drawn = figure([cells, dots], margin=(6, 6, 6, 6))
    drawn.update_xaxes(showticklabels=False, showline=False, constrain="domain", range=[-0.5, columns - 0.5])
    drawn.update_yaxes(
        showticklabels=False, showgrid=False, scaleanchor="x", constrain="domain", range=[lines - 0.5, -0.5]
    )
    return drawn


def stacked_counts(
    parts: Mapping[str, np.ndarray], names: Sequence[str], *, picked: str, x_title: str, sets: str
) -> go.Figure:
    """Horizontal bars, one per name, of ``parts``: name of the part → counts (N,); the total stands at the end.

    A click sets ``sets`` to the name. Traces: those of ``parts``.
    """
    rows = list(range(len(names)))
    traces = [
        go.Bar(
            x=counts.astype(np.uint16), y=rows, orientation="h", name=part, width=0.6,
            marker={"color": colour}, customdata=[[name] for name in names], meta={"sets": [sets]},
            hovertemplate=f"%{{customdata[0]}}<br>{part}: %{{x}}<extra></extra>",
        )
        for (part, counts), colour in zip(parts.items(), (FAILED, ACCENT), strict=False)
    ]  # fmt: skip
    totals = np.sum(list(parts.values()), axis=0)
    drawn = figure(
        traces, x=x_title, x_range=(0, 1.25 * max(1, int(totals.max()))), y_range=(len(rows) - 0.4, -0.6),
        barmode="stack", margin=(138, 12, 4, 40),
        annotations=[
            note(int(total), row, written(int(total)), colour=INK, xanchor="left", xshift=5)
            for row, total in zip(rows, totals)
        ],
    )  # fmt: skip
    ticks = [f"<b>{name}</b> " if name == picked else f"{name} " for name in names]
    return drawn.update_yaxes(tickmode="array", tickvals=rows, ticktext=ticks, showgrid=False)
