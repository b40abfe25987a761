"""Which colour of the palette a trace wears, so that words beside a figure can show it."""

import re
from typing import Any

import plotly.graph_objects as go

from visualizers.theme import DIVERGING, PALETTE, SEQUENTIAL, scale


class NoColour(LookupError):
    """A trace that has no colour of the palette, or more than one, or that the figure does not have."""


def trace_colour(plot: go.Figure, name: str) -> str:
    """The palette's name (“accent”, “c2”, “seq”) for the colour of the trace called ``name``; raises NoColour."""
    found = [trace for trace in plot.data if trace.name == name]
    if len(found) != 1:
        raise NoColour(f"trace {name!r}: the figure has {[trace.name for trace in plot.data]}")
    worn = _worn(found[0])
    for key, colour in PALETTE.items():
        if worn == colour:
            return key
    raise NoColour(f"trace {name!r} wears {worn!r}")


def _worn(trace: Any) -> Any:
    if trace.type == "heatmap":
        return next((colours for colours in (SEQUENTIAL, DIVERGING) if _stops(trace) == scale(colours)), None)
    if trace.type == "scatter":
        mode = trace.mode or "lines"
        if "text" in mode and "markers" not in mode:
            return trace.textfont.color
        if "lines" in mode:
            return trace.line.color if trace.line.width != 0 else trace.fillcolor
    colours = trace.marker.color
    if isinstance(colours, str) or colours is None:
        return colours
    return colours[0] if len(set(colours)) == 1 else tuple(colours)


def _stops(trace: Any) -> list[list[float | str]]:
    return [[float(at), colour] for at, colour in trace.colorscale or ()]


def wears(plot: go.Figure, key: str) -> bool:
    """Whether something in the figure has the colour that the palette calls ``key``; of a scale all its colours."""
    colour = PALETTE[key]
    used = {found.lower() for found in re.findall(r"#[0-9a-fA-F]{6}", plot.to_json())}
    return {colour} <= used if isinstance(colour, str) else set(colour) <= used
