"""Tokens queueing at experts of a fixed capacity."""

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import Patch, stepped
from visualizers.theme import FAILED, INK, INK_3, LEGIBLE, SEQUENTIAL, WELL, compact, figure, note, plain, scale

SHOWN_QUEUE = 14
"""The longest queue that is drawn; what is behind it is counted at its top."""


def slots(place: np.ndarray, room: int) -> int:
    """Rows that are drawn of queues with these places (T,)."""
    return min(max(int(place.max()) + 1, room) + 1, SHOWN_QUEUE)


def buckets(
    tokens: Sequence[str], expert: np.ndarray, place: np.ndarray, gate: np.ndarray, experts: int, room: int
) -> go.Figure:
    """Each token in the bucket of its ``expert`` (T,), at its ``place`` (T,) in the queue; dropped from ``room`` on.

    Colour is the gate. Frame t shows the tokens up to t, the last of them in bold. Traces: “gates”, “kept
    tokens”, “dropped tokens”.
    """
    T, high = len(tokens), slots(place, room)
    names = [plain(token) for token in tokens]

    def now(t: int) -> Iterator[Patch]:
        filled = np.full((high, experts), np.nan)
        for i in range(t + 1):
            if place[i] < min(room, high):
                filled[place[i], expert[i]] = gate[i]
        yield {"z": compact(filled)}
        for dropped in (False, True):
            shown = [i for i in range(t + 1) if (place[i] >= room) == dropped and place[i] < high]
            texts = [f"<b>{names[i]}</b>" if i == t else names[i] for i in shown]
            yield {"x": [int(expert[i]) for i in shown], "y": [int(place[i]) for i in shown], "text": texts}

    cells, kept, dropped = now(T - 1)
    words = {"type": "scatter", "mode": "text", "hoverinfo": "skip", "cliponaxis": False}
    traces = [
        go.Heatmap(
            **cells, name="gates", colorscale=scale(SEQUENTIAL), zmin=0, zmax=LEGIBLE, showscale=False, xgap=3, ygap=3,
            hoverongaps=False,
            hovertemplate="expert %{x}, slot %{y}<br>gate %{z:.3f}<extra></extra>",
        ),
        {**words, **kept, "name": "kept tokens", "textfont": {"color": INK, "size": 12}},
        {**words, **dropped, "name": "dropped tokens", "textfont": {"color": FAILED, "size": 12}},
    ]  # fmt: skip
    bucket = {"type": "rect", "y0": -0.5, "y1": room - 0.5, "fillcolor": WELL, "line": {"width": 0}, "layer": "below"}
    rim = {"type": "line", "x0": -0.5, "x1": experts - 0.5, "y0": room - 0.5, "y1": room - 0.5}
    drawn = figure(
        traces,
        x="expert",
        margin=(12, 64, 8, 40),
        shapes=[
            *(bucket | {"x0": e - 0.46, "x1": e + 0.46} for e in range(experts)),
            rim | {"line": {"color": INK_3, "width": 1.5, "dash": "dash"}},
        ],
        annotations=[note(experts - 0.5, room - 0.5, f"capacity<br>{room}", xanchor="left", xshift=4, align="left")],
    )
    drawn.update_layout(
        xaxis={"range": [-0.5, experts - 0.5], "tickmode": "linear", "dtick": 1, "showline": False},
        yaxis={"visible": False, "range": [-0.5, high - 0.5]},
    )
    return stepped(drawn, names, (list(now(t)) for t in range(T)), range(3))
