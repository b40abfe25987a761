"""A map that is made tile by tile and never kept, and beside it the little that is."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import box
from visualizers.stepped import Patch, stepped
from visualizers.theme import ACCENT, DIVERGING, SEQUENTIAL, figure, note, plain, scale

VISITED, FAINTEST = 44, 80
"""Of 255: the colour of a tile that was thrown away, and of a weight of zero in the tile at work."""


class Moment(NamedTuple):
    """One tile at work: where, its values from 0 to 1, and what is kept of all rows afterwards."""

    rows: slice
    columns: slice
    values: np.ndarray  # (R, C)
    largest: np.ndarray  # (T,) NaN where nothing has come yet
    total: np.ndarray  # (T,)
    kept: np.ndarray  # (T, K)


def tiling(moments: Sequence[Moment], *, tokens: Sequence[str], titles: tuple[str, str, str, str]) -> go.Figure:
    """Frame by frame: the tile at work in colour, those thrown away pale; ``titles`` of the map and what is kept.

    Traces: the four titles, and “tile” for the frame around the tile at work.
    """
    T = len(moments[0].kept)
    names = [plain(token) for token in tokens]
    kept_scale = max(float(np.nanmax(np.abs(moment.kept))) for moment in moments) or 1.0
    ends = [_ends([getattr(moment, name) for moment in moments]) for name in ("largest", "total")]

    def now(at: int) -> Iterator[Patch]:
        sheet = np.zeros((T, T), dtype=np.uint8)
        for earlier in moments[:at]:
            sheet[earlier.rows, earlier.columns] = VISITED
        moment = moments[at]
        shown = FAINTEST + (255 - FAINTEST) * np.sqrt(np.clip(moment.values, 0, 1))
        sheet[moment.rows, moment.columns] = np.rint(shown)
        yield {"z": sheet}
        left, right = moment.columns.start - 0.5, moment.columns.stop - 0.5
        top, bottom = moment.rows.start - 0.5, moment.rows.stop - 0.5
        yield box(left, right, top, bottom)
        for values, (low, high) in zip((moment.largest, moment.total), ends):
            level = np.nan_to_num((values - low) / (high - low or 1), nan=-1.0)
            yield {"z": np.where(level < 0, 0, np.rint(40 + 215 * level)).astype(np.uint8)[:, None]}
        yield {"z": np.rint(127.5 + 127.5 * np.nan_to_num(moment.kept) / kept_scale).astype(np.uint8)}

    first: list[dict[str, Any]] = [dict(patch) for patch in now(0)]
    sheet: dict[str, Any] = {"type": "heatmap", "zmin": 0, "zmax": 255, "showscale": False, "hoverinfo": "skip"}
    sequential = sheet | {"colorscale": scale(SEQUENTIAL)}
    traces = [
        sequential | first[0] | {"xgap": 1, "ygap": 1, "name": titles[0], "meta": {"root": 1, "from": FAINTEST}},
        {
            "type": "scatter", "name": "tile", "mode": "lines", **first[1], "line": {"color": ACCENT, "width": 2.5},
            "hoverinfo": "skip", "cliponaxis": False,
        },
        sequential | first[2] | {"xaxis": "x2", "name": titles[1], "meta": {"picture": True}},
        sequential | first[3] | {"xaxis": "x3", "name": titles[2], "meta": {"picture": True}},
        sheet | first[4] | {
            "xaxis": "x4", "name": titles[3], "colorscale": scale(DIVERGING), "meta": {"picture": True},
        },
    ]  # fmt: skip
    bare = {"showgrid": False, "showline": False, "zeroline": False, "ticks": ""}
    places = [(0.0, 0.56), (0.60, 0.64), (0.67, 0.71), (0.75, 1.0)]
    every = list(range(0, T, 1 if T <= 20 else 2))
    drawn = figure(
        traces,
        margin=(64, 10, 24, 12),
        annotations=[
            note((low + high) / 2, 1, title, xref="paper", yref="paper", xanchor="center", yanchor="bottom")
            for title, (low, high) in zip(titles, places)
        ],
    ).update_layout(
        meta={"names": {"xaxis": names, "yaxis": names}},
        xaxis=bare | {"domain": list(places[0]), "visible": False, "range": [-0.7, T - 0.3]},
        yaxis=bare | {
            "tickmode": "array", "tickvals": every, "ticktext": names[::1 if T <= 20 else 2],
            "range": [T - 0.3, -0.7],
        },
        **{
            f"xaxis{number}": bare | {"domain": list(place), "visible": False}
            for number, place in enumerate(places[1:], start=2)
        },
    )  # fmt: skip
    steps = range(len(moments))
    return stepped(drawn, [str(at + 1) for at in steps], (list(now(at)) for at in steps), range(5))


def _ends(rows: Sequence[np.ndarray]) -> tuple[float, float]:
    every = np.concatenate(rows)
    every = every[np.isfinite(every)]
    return float(every.min()), float(every.max())
