"""Parties in a ring that pass blocks on, and beside it what each has already seen."""

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import Patch, stepped
from visualizers.theme import ACCENT, AXIS, INK, INK_2, MARK, SEQUENTIAL, SERIES, STAGE, figure, note, scale

WIDE = 0.4  # of the figure, for the ring
AT_WORK, SEEN, OUT_OF_SIGHT = 200, 90, 12  # of 255


def ring(held: np.ndarray, sheets: np.ndarray, *, rounds: Sequence[str], titles: tuple[str, str]) -> go.Figure:
    """``held`` (R, P): whose block each of P parties has in round r; ``sheets`` (R, T, T) of 0 to 3, a frame each.

    In a sheet 0 is untouched, 1 seen before, 2 at work now, 3 a block in hand with nothing in sight.

    Traces: “ring”, “blocks held”, “pairs”.
    """
    R, P = held.shape
    angle = np.pi / 2 - 2 * np.pi * np.arange(P) / P
    x, y = np.cos(angle), np.sin(angle)
    levels = np.array([0, SEEN, AT_WORK, OUT_OF_SIGHT], dtype=np.uint8)
    around = np.pi / 2 - np.linspace(0, 2 * np.pi, 73)

    def now(r: int) -> Iterator[Patch]:
        yield {"text": [f"K{block} V{block}" for block in held[r]], "marker": {**disc, "color": _colours(held[r])}}
        yield {"z": levels[sheets[r]]}

    disc = {"size": 46 if P <= 4 else 38, "line": {"color": STAGE, "width": 3}}
    circle = {
        "type": "scatter", "name": "ring", "mode": "lines", "x": np.cos(around), "y": np.sin(around),
        "hoverinfo": "skip", "line": {"color": AXIS, "width": 2, "dash": "dot"},
    }  # fmt: skip
    blocks, sheet = now(0)
    nodes = {
        "type": "scatter", "name": "blocks held", "mode": "markers+text", "x": x, "y": y, **blocks,
        "hoverinfo": "skip", "textfont": {"color": STAGE, "size": 11}, "cliponaxis": False,
    }  # fmt: skip
    picture = {
        "type": "heatmap", "name": "pairs", **sheet, "zmin": 0, "zmax": 255, "colorscale": scale(SEQUENTIAL),
        "showscale": False, "hoverinfo": "skip", "xaxis": "x2", "yaxis": "y2",
    }  # fmt: skip
    bare = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "showticklabels": False}
    T = sheets.shape[1]
    drawn = figure(
        [circle, nodes, picture],
        margin=(12, 12, 26, 26),
        annotations=[
            note(a, b, str(i) if i else "device 0", colour=INK_2, **_outside(a, b))
            for i, (a, b) in enumerate(zip(x, y))
        ] + [
            note(0, 0, "↻", colour=INK, font={"size": 22}),
            *(
                note(
                    (low + high) / 2, 1, title,
                    colour=INK_2, xref="paper", yref="paper", xanchor="center", yanchor="bottom",
                )
                for title, (low, high) in zip(titles, ((0, WIDE), (WIDE + 0.08, 1)))
            ),
            note(
                (WIDE + 1.08) / 2, 0, "keys",
                colour=INK_2, xref="paper", yref="paper", xanchor="center", yanchor="top",
            ),
        ],
    ).update_layout(
        xaxis=bare | {"domain": [0, WIDE], "range": [-2.1, 2.1]},
        yaxis=bare | {"range": [-1.65, 1.6]},
        xaxis2=bare | {"domain": [WIDE + 0.08, 1], "anchor": "y2"},
        yaxis2=bare | {"range": [T - 0.5, -0.5], "anchor": "x2", "title": {"text": "queries", "standoff": 2}},
    )  # fmt: skip
    for edge in [step * T / P - 0.5 for step in range(1, P)]:
        drawn.add_shape(type="line", xref="x2", yref="y2", x0=edge, x1=edge, y0=-0.5, y1=T - 0.5, line=_THIN)
        drawn.add_shape(type="line", xref="x2", yref="y2", x0=-0.5, x1=T - 0.5, y0=edge, y1=edge, line=_THIN)
    return stepped(drawn, rounds, (list(now(r)) for r in range(R)), [1, 2])


_THIN = {"color": MARK, "width": 1}
_BLOCKS = (ACCENT, *SERIES[1:])


def _outside(a: float, b: float) -> dict[str, object]:
    """Where the name of a node at (a, b) of the circle stands: above or below it, beside it at the left and right."""
    if abs(b) < 0.2:
        return {"xanchor": "left" if a > 0 else "right", "xshift": 28 if a > 0 else -28}
    return {"yanchor": "bottom" if b > 0 else "top", "yshift": 26 if b > 0 else -26}


def _colours(blocks: np.ndarray) -> list[str]:
    return [_BLOCKS[block % len(_BLOCKS)] for block in blocks]
