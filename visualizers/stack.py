"""Panels above each other over one common axis."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import DASHES, GRID, INK_2, INK_3, SERIES, compact, figure, note


def stacked(
    x: np.ndarray,
    panels: Mapping[str, Mapping[str, np.ndarray]],
    *,
    x_title: str,
    logs: Sequence[bool] = (),
    picked: str = "",
    mark: float | None = None,
    ranges: Sequence[tuple[float, float] | None] = (),
) -> go.Figure:
    """One panel an item of ``panels``, its title inside; the same name has the same colour and dash in all.

    ``picked`` is drawn thicker; ``mark`` is a dotted upright through all panels; a ``ranges`` item of a logarithmic
    panel is in powers of ten. Traces: “line, panel”.
    """
    count, gap = len(panels), 0.1
    tall = (1 - gap * (count - 1)) / count
    traces, labels = [], []
    axes: dict[str, dict[str, Any]] = {}
    for place, (title, lines) in enumerate(panels.items()):
        axis = "y" if place == 0 else f"y{place + 1}"
        top = 1 - place * (tall + gap)
        labels.append(note(0, top, title, colour=INK_2, xref="paper", yref="paper", xanchor="left", yanchor="bottom"))
        for index, (name, y) in enumerate(lines.items()):
            traces.append(
                go.Scatter(
                    x=compact(x),
                    y=compact(y),
                    yaxis=axis,
                    mode="lines",
                    name=f"{name}, {title}",
                    line={
                        "color": SERIES[index % len(SERIES)],
                        "width": 3 if name == picked else 1.5,
                        "dash": DASHES[index % len(DASHES)],
                    },
                    hovertemplate=f"{name}<br>{x_title} %{{x:.3g}}<br>{title} %{{y:.3g}}<extra></extra>",
                )
            )
        axes[axis.replace("y", "yaxis")] = {
            "domain": [max(top - tall, 0), top],
            "type": "log" if place < len(logs) and logs[place] else "linear",
            "range": ranges[place] if place < len(ranges) else None,
            "gridcolor": GRID,
            "zeroline": False,
            "nticks": 5,
        }
        if place < len(logs) and logs[place]:
            ticks = [10.0**power for power in range(-8, 9, 2)]
            axes[axis.replace("y", "yaxis")] |= {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    drawn = figure(traces, x=x_title, margin=(44, 12, 20, 40), annotations=labels).update_layout(axes)
    drawn.update_xaxes(anchor="free", position=0)
    if mark is not None:
        drawn.add_shape(
            type="line", x0=mark, x1=mark, y0=0, y1=1, yref="paper", line={"color": INK_3, "width": 1, "dash": "dot"}
        )
    return drawn
