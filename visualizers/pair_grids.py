"""Small square maps side by side over the same pairs, with some pairs framed."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import FAILED, INK, LEGIBLE, SEQUENTIAL, compact, figure, note, scale

GAP = 1


def pair_grids(
    panels: Mapping[str, np.ndarray], framed: Sequence[tuple[int, int]], *, labels: Sequence[str],
    row_title: str, column_title: str,
) -> go.Figure:  # fmt: skip
    """``panels`` name → (F, F) from 0 to 1, in percent; the ``framed`` (row, column) cells stand out in each.

    Trace: “shares”.
    """
    F, count = len(labels), len(panels)
    sheet = np.full((F, count * (F + GAP) - GAP), np.nan)
    starts = [number * (F + GAP) for number in range(count)]
    for start, values in zip(starts, panels.values()):
        sheet[:, start : start + F] = values
    trace = go.Heatmap(
        z=compact(sheet), name="shares", colorscale=scale(SEQUENTIAL), zmin=0, zmax=LEGIBLE, showscale=False, xgap=2,
        ygap=2, hoverongaps=False, hovertemplate="%{z:.0%}<extra></extra>",
    )  # fmt: skip
    size = 9 if sheet.shape[1] > 14 else 12  # three digits in a cell of a phone’s width
    written = [
        note(column, row, f"{100 * value:.0f}", font={"size": size, "color": INK})
        for row, line in enumerate(sheet)
        for column, value in enumerate(line)
        if np.isfinite(value)
    ]
    titles = [
        note(start + (F - 1) / 2, 1, f"<b>{name}</b>", colour=INK, yref="paper", yanchor="bottom", yshift=4)
        for start, name in zip(starts, panels)
    ]
    drawn = figure([trace], x=column_title, margin=(48, 8, 26, 44), annotations=written + titles)
    for start in starts:
        for row, column in framed:
            x, y = start + column, row
            drawn.add_shape(
                type="rect", x0=x - 0.45, x1=x + 0.45, y0=y - 0.45, y1=y + 0.45, line={"color": FAILED, "width": 2.5}
            )
    ticks = [start + place for start in starts for place in range(F)]
    drawn.update_xaxes(tickmode="array", tickvals=ticks, ticktext=list(labels) * count, showline=False)
    return drawn.update_yaxes(
        tickmode="array", tickvals=list(range(F)), ticktext=list(labels), autorange="reversed", showgrid=False,
        title={"text": row_title, "standoff": 4},
    )  # fmt: skip
