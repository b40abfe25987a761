"""Lines that should be one line: drawn so that each still shows where they coincide."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import DASHES, MARK, SERIES, WASH, compact, figure, note


def overlaid(
    lines: Mapping[str, np.ndarray],
    *,
    x_title: str,
    y_range: tuple[float, float],
    x: np.ndarray | None = None,
    band: tuple[np.ndarray, np.ndarray] | None = None,
    together: bool = True,
) -> go.Figure:
    """One line an item over its index (or ``x``), each with a labelled dot at its end.

    ``together`` draws the first broad and pale, so that the others are seen to run inside it. ``band`` (low, high)
    is filled behind them. Traces: “band, low”, “band, high” if there is one; for each line its name, its name and
    “, end” for the dot, and before the first, if broad, its name and “, broad”.
    """
    longest = max(len(y) for y in lines.values())
    places = np.arange(longest) if x is None else x
    traces: list[go.Scatter] = []
    if band is not None:
        over = compact(places[: len(band[0])])
        hidden = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        traces += [
            go.Scatter(x=over, y=compact(band[0]), name="band, low", **hidden),
            go.Scatter(x=over, y=compact(band[1]), name="band, high", fill="tonexty", fillcolor=WASH, **hidden),
        ]
    labels = []
    for index, (name, y) in enumerate(lines.items()):
        colour = SERIES[index % len(SERIES)]
        line = {"color": colour, "width": 2.2, "dash": DASHES[index % len(DASHES)]}
        hover = f"{name}<br>{x_title} %{{x:.4g}}<br>%{{y:.4f}}<extra></extra>"
        over, values = compact(places[: len(y)]), compact(y)
        if together and index == 0:
            traces.append(
                go.Scatter(
                    x=over,
                    y=values,
                    name=f"{name}, broad",
                    mode="lines",
                    line={"color": MARK, "width": 7},
                    hoverinfo="skip",
                )
            )
            line["width"] = 1.4
        traces.append(go.Scatter(x=over, y=values, name=name, mode="lines", line=line, hovertemplate=hover))
        end = {"x": over[-1:], "y": values[-1:], "mode": "markers", "marker": {"size": 6, "color": colour}}
        traces.append(go.Scatter(**end, name=f"{name}, end", hoverinfo="skip", cliponaxis=False))
        above = index % 2 == 0 or not together
        labels.append(
            note(
                float(over[-1]),
                float(values[-1]),
                name,
                yanchor="bottom" if above else "top",
                yshift=3 if above else -3,
                xanchor="right" if index == 0 else "center",
            )
        )
    return figure(traces, x=x_title, y_range=y_range, margin=(34, 12, 14, 40), annotations=labels)
