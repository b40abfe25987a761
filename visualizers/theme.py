"""The palette and the bare layout that every figure starts from.

Figures carry the light values. The page swaps each value that stands in ``PALETTE`` for the custom property of
the theme in force (``assets/css/tokens.css`` holds both themes), so a switch of theme asks nothing of the server,
and the same figure is right in a notebook.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

INK, INK_2, INK_3 = "#1c1f27", "#474c59", "#656a77"
STAGE, WELL, MARK, WASH = "#ffffff", "#f3f1ec", "#dde2fb", "#eceffc"
ACCENT, HELD, FAILED = "#3346cf", "#0a6a54", "#b0330a"
GRID, AXIS = "#eceae5", "#a9a69d"
SERIES = ("#012298", "#b8330c", "#029075", "#dc65c4", "#9d9507", "#005f7f", "#562e37", "#8f4ac7")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "5px,2px,1px,2px", "8px,3px")
MARKERS = ("circle", "diamond", "square", "triangle-up", "x", "cross", "star", "hexagon")
SEQUENTIAL = ("#f6fbfd", "#d5eff8", "#b0e3f0", "#83c8e4", "#5aabda", "#3a84ca", "#3159b7", "#2b3887", "#1e1a5a")
DIVERGING = (
    "#093da1", "#3864b8", "#6388cd", "#90ade1", "#c0d2f1", "#f7f7f7",
    "#ecc9b7", "#d89d7f", "#c07349", "#a54800", "#743101",
)  # fmt: skip

PALETTE: dict[str, str | tuple[str, ...]] = {
    "ink": INK, "ink-2": INK_2, "ink-3": INK_3, "stage": STAGE, "well": WELL, "mark": MARK, "wash": WASH,
    "accent": ACCENT, "held": HELD, "failed": FAILED, "grid": GRID, "axis": AXIS,
    **{f"c{index}": colour for index, colour in enumerate(SERIES, start=1)},
    "seq": SEQUENTIAL, "div": DIVERGING,
}  # fmt: skip
"""Custom property name → light value. A test holds it against the style sheet."""


LEGIBLE = 2.2
"""Where words are written into cells, the colour scale ends at so many times the largest value.

The ink on them then has a contrast of at least 4.5:1, in both themes; in the middle of the whole scale no ink has."""


def scale(colours: Sequence[str]) -> list[list[float | str]]:
    """A Plotly colour scale with evenly spaced stops."""
    return [[index / (len(colours) - 1), colour] for index, colour in enumerate(colours)]


def figure(
    traces: Sequence[Any],
    *,
    x: str = "",
    x_range: Sequence[float] | None = None,
    y_range: Sequence[float] | None = None,
    margin: tuple[int, int, int, int] = (36, 16, 8, 40),
    **layout: Any,
) -> go.Figure:
    """A figure without template: baseline on x only, light y grid, no legend.

    ``margin`` is left, right, top, bottom in pixels;
    ``x`` is the title of the x axis with its unit; the y unit belongs in the figure's own title.
    """
    left, right, top, bottom = margin
    base = go.Figure(
        data=list(traces),
        layout={
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "margin": {"l": left, "r": right, "t": top, "b": bottom},
            "font": {"color": INK_2, "size": 12},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {
                "title": {"text": x, "standoff": 6}, "showgrid": False, "zeroline": False, "showline": True,
                "linecolor": AXIS, "ticks": "", "nticks": 6, "range": x_range,
            },
            "yaxis": {
                "gridcolor": GRID, "zeroline": False, "showline": False, "ticks": "", "nticks": 5, "range": y_range,
            },
        },
    )  # fmt: skip
    base.layout.template = None
    return base.update_layout(**layout) if layout else base


def clickable(trace: Any, *sets: str | None) -> Any:
    """A click on a point of ``trace`` sets these controls.

    The values come from the point's ``customdata`` (one value a control), or, without it, from its index:
    row then column of a heatmap, position in a bar or line trace. ``None`` leaves that place out.
    """
    trace.meta = (trace.meta or {}) | {"sets": list(sets)}
    return trace


def note(x: float | str, y: float | str, text: str, *, colour: str = INK_2, **place: Any) -> dict[str, Any]:
    """A plain label without arrow, for ``layout.annotations``; ``place`` takes any annotation property."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"color": colour, "size": 12}} | place


def plain(text: str) -> str:
    """Text that a person typed, safe as a label: Plotly reads ``<b>`` and ``&amp;`` in labels as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def compact(values: Any) -> np.ndarray:
    """The array as float32, which is what goes over the wire; what is no finite number becomes a gap."""
    numbers = np.asarray(values, dtype=np.float32)
    return np.where(np.isfinite(numbers), numbers, np.float32(np.nan))
