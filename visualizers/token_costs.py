"""What the same thing costs in several currencies: one row a name, one mark per currency."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import GRID, MARKERS, compact, figure, plain


def token_costs(
    groups: Mapping[str, np.ndarray], names: Sequence[str], *, colours: Sequence[str], x_title: str = ""
) -> go.Figure:
    """A row a name with a mark at each of its costs (N,); each group has a colour and a shape. A trace per group."""
    rows = list(range(len(names)))
    traces = [
        go.Scatter(
            x=compact(values), y=rows, name=name, mode="markers",
            marker={"size": 9, "color": colour, "symbol": MARKERS[at]},
            hovertemplate=f"{plain(name)}: %{{x:.4g}}<extra></extra>",
        )
        for at, ((name, values), colour) in enumerate(zip(groups.items(), colours))
    ]  # fmt: skip
    highest = max(float(values.max()) for values in groups.values())
    drawn = figure(traces, x=x_title, x_range=(0, 1.06 * highest), margin=(70, 12, 6, 36))
    drawn.update_xaxes(showgrid=True, gridcolor=GRID)
    return drawn.update_yaxes(
        tickmode="array", tickvals=rows, ticktext=list(map(plain, names)), range=[len(names) - 0.5, -0.5],
        gridcolor=GRID,
    )  # fmt: skip
