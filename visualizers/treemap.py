"""A whole as a rectangle, divided into rectangles as large as its parts."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from visualizers.marks import box
from visualizers.theme import INK, INK_2, STAGE, figure, note, plain
from visualizers.written_numbers import written

WIDE = 1.6
"""Width of the whole in units of its height."""
LEAST = 0.02
"""Smaller parts are drawn without a label."""

Rectangle = tuple[float, float, float, float]
"""Left, top, width and height."""


def treemap(parts: Mapping[str, int], *, colours: Sequence[str], head: tuple[str, str] = ("part", "size")) -> go.Figure:
    """A rectangle a part, of its area, the largest first; its name and share stand in it where there is room.

    ``colours`` are pale enough for ink on them, one a part. Traces: named as the parts.
    """
    order = sorted(parts, key=parts.__getitem__, reverse=True)
    total = sum(parts.values())
    places = dict(zip(order, divided([parts[name] / total for name in order]), strict=True))
    traces, labels = [], []
    for name, colour in zip(parts, colours, strict=False):
        left, top, width, height = places[name]
        share = parts[name] / total
        edges = box(left, left + width, top, top + height)
        traces.append(
            go.Scatter(
                **edges, name=name, mode="lines", fill="toself", fillcolor=colour, line={"color": STAGE, "width": 2},
                hoveron="fills", hoverinfo="text", text=f"{plain(name)}: {written(parts[name])} ({share:.1%})",
            )
        )  # fmt: skip
        if share > LEAST:
            middle = (left + width / 2, top + height / 2)
            words = f"{plain(name)}<br>{share:.1%}"
            labels.append(
                note(*middle, words, colour=INK if width > 0.25 else INK_2, textangle=0 if width > 0.12 else -90)
            )
    drawn = figure(traces, margin=(6, 6, 4, 4), annotations=labels)
    drawn.update_layout(meta={"table": {"head": list(head), "rows": [[name, parts[name]] for name in order]}})
    drawn.update_xaxes(visible=False, range=[0, WIDE], fixedrange=True)
    return drawn.update_yaxes(visible=False, range=[1, 0], fixedrange=True)


def divided(shares: Sequence[float], area: Rectangle = (0.0, 0.0, WIDE, 1.0)) -> list[Rectangle]:
    """Rectangles of these shares, which fall: rows along the shorter side as long as that makes them more square.

    Bruls, Huizing and van Wijk 2000, "Squarified Treemaps", section 3.
    """
    found: list[Rectangle] = []
    left, top, width, height = area
    rest, unit = list(shares), width * height / max(sum(shares), 1e-12)
    while rest:
        side, row = min(width, height), [rest[0]]
        while len(row) < len(rest) and _worst([*row, rest[len(row)]], side, unit) <= _worst(row, side, unit):
            row.append(rest[len(row)])
        thick = sum(row) * unit / side
        at = 0.0
        for share in row:
            long = share * unit / thick if thick else 0.0
            found.append((left, top + at, thick, long) if width >= height else (left + at, top, long, thick))
            at += long
        if width >= height:
            left, width = left + thick, max(width - thick, 1e-9)
        else:
            top, height = top + thick, max(height - thick, 1e-9)
        rest = rest[len(row) :]
    return found


def _worst(row: Sequence[float], side: float, unit: float) -> float:
    """The largest ratio of sides in a row of these shares."""
    thick = sum(row) * unit / side
    return max(max(thick * thick / (share * unit), share * unit / (thick * thick)) for share in row if share > 0)
