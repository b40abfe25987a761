"""Who fires when: neurons as rows, time steps as columns, one panel per layer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, axis_of, titles_above
from visualizers.theme import ACCENT, AXIS, INK_2, STAGE, compact, figure, note

GAP = 0.07
"""Between two panels, as share of the height."""


def raster(
    layers: Mapping[str, np.ndarray], *, x_title: str, names: Sequence[str], beside: Sequence[str], picked: int | None
) -> go.Figure:
    """Spikes (n, T) of each layer, first layer on top. The rows of the last have ``names``, with ``beside`` at their
    right; the ``picked`` one is in the accent. Traces: one per layer, of its name.
    """
    sizes = np.sqrt([len(rows) for rows in layers.values()])
    sizes[-1] = max(sizes[-1], 1.2 * sizes.mean())  # its rows have names
    heights = sizes / sizes.sum() * (1 - GAP * (len(sizes) - 1))
    tops = 1 - np.concatenate([[0.0], np.cumsum(heights + GAP)[:-1]])
    domains = [(max(float(top - height), 0.0), float(top)) for top, height in zip(tops, heights)]
    traces = [
        go.Heatmap(
            z=compact(rows), name=name, colorscale=[[0, STAGE], [1, ACCENT]], zmin=0, zmax=1, showscale=False,
            xgap=0, ygap=0 if len(rows) > 20 else 1, yaxis=axis_of("y", number),
            hovertemplate=f"{name}, row %{{y}}<br>step %{{x}}<br>%{{z}} spike<extra></extra>",
        )
        for number, (name, rows) in enumerate(layers.items(), start=1)
    ]  # fmt: skip
    drawn = figure(traces, x=x_title, margin=(34, 74, 24, 40), annotations=titles_above(layers, domains))
    plain: dict[str, Any] = {"showticklabels": False}
    last: dict[str, Any] = {"tickvals": list(range(len(names))), "ticktext": list(names), "showticklabels": True}
    own = [plain] * (len(domains) - 1) + [last]
    frame = {
        "showline": True,
        "ticks": "",
        "mirror": True,
        "linecolor": AXIS,
        "showgrid": False,
        "autorange": "reversed",
    }
    drawn.update_layout(axes("y", domains, *own, **frame))
    drawn.update_xaxes(anchor=axis_of("y", len(domains)), showline=False)
    for row, text in enumerate(beside):
        drawn.add_annotation(
            **note(
                1, row, f"<b>{text}</b>" if row == picked else text, colour=ACCENT if row == picked else INK_2,
                xref="paper", yref=axis_of("y", len(domains)), xanchor="left", xshift=6,
            )
        )  # fmt: skip
    return drawn
