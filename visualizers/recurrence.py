"""A recurrence over numbers that come one at a time: what came, and below it what is kept of it."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, stacked, titles_above
from visualizers.stepped import Patch, stepped
from visualizers.theme import ACCENT, GRID, INK, INK_3, MARK, SERIES, compact, figure, plain

GAP = 0.1


def recurrence(
    names: Sequence[str],
    came: tuple[str, np.ndarray],
    highest: np.ndarray,
    kept: Mapping[str, np.ndarray],
    shares: tuple[str, np.ndarray, np.ndarray],
) -> go.Figure:
    """Rows over one axis of N steps; frame j has come as far as step j, which is in accent.

    ``came`` is a title and the numbers (N,), bars under the line of the ``highest`` so far (N,); ``kept`` rows, title →
    (N,); ``shares`` a title, what is made of them up to each step (N, N), and what it should be in the end (N,).
    Traces: “numbers”, “numbers so far”, “newest number”, “largest so far”, those of ``kept``, “shares so far”,
    “shares in the end”.
    """
    N, count = len(names), 2 + len(kept)
    x = list(range(N))
    title, bars = came
    share_title, made, exact = shares
    wide = {"type": "bar", "width": 0.62, "hovertemplate": "%{y:.4g}<extra></extra>"}
    line = {"type": "scatter", "mode": "lines+markers", "cliponaxis": False}
    traces: list[dict[str, object]] = [
        wide | {"name": "numbers", "x": x, "y": compact(bars), "marker": {"color": MARK}},
        wide | {"name": "numbers so far", "x": x, "y": compact(bars), "marker": {"color": INK_3}},
        wide | {"name": "newest number", "x": x[-1:], "y": compact(bars[-1:]), "marker": {"color": ACCENT}},
        line
        | {
            "name": "largest so far", "x": x, "y": compact(highest), "mode": "lines",
            "line": {"color": SERIES[1], "width": 2, "shape": "hvh"},
            "hovertemplate": "largest so far %{y:.4g}<extra></extra>",
        },
    ]  # fmt: skip
    for row, (name, values) in enumerate(kept.items(), start=2):
        traces.append(
            line
            | {
                "x": x, "y": compact(values), "yaxis": f"y{row}", "name": name,
                "line": {"color": SERIES[row], "width": 2}, "marker": {"size": 6, "color": SERIES[row]},
                "hovertemplate": f"{name} %{{y:.4g}}<extra></extra>",
            }
        )  # fmt: skip
    ring = {"symbol": "diamond-open", "size": 9, "color": INK, "line": {"width": 1.5}}
    traces += [
        wide
        | {
            "name": "shares so far", "x": x, "y": compact(made[-1]), "yaxis": f"y{count}",
            "marker": {"color": ACCENT},
        },
        line
        | {
            "name": "shares in the end", "x": x, "y": compact(exact), "yaxis": f"y{count}", "mode": "markers",
            "marker": ring, "hovertemplate": "two passes: %{y:.4g}<extra></extra>",
        },
    ]  # fmt: skip

    def now(j: int) -> Iterator[Patch]:
        yield {"x": x[: j + 1], "y": compact(bars[: j + 1])}
        yield {"x": [j], "y": compact(bars[j : j + 1])}
        yield {"x": x[: j + 1], "y": compact(highest[: j + 1])}
        for values in kept.values():
            yield {"x": x[: j + 1], "y": compact(values[: j + 1])}
        yield {"x": x[: j + 1], "y": compact(made[j, : j + 1])}

    titles = [title, *kept, share_title]
    domains = stacked(count, GAP)
    lows = [min(0.0, *bars), *(min(0.0, *values) for values in kept.values()), 0.0]
    highs = [max(bars), *(max(values) for values in kept.values()), max(made.max(), exact.max())]
    ranges = [{"range": [1.12 * low, 1.15 * high]} for low, high in zip(lows, highs, strict=True)]
    drawn = figure(
        traces,
        x="score, in the order in which it comes",
        margin=(40, 12, 22, 44),
        barmode="overlay",
        annotations=titles_above(titles, domains),
    ).update_layout(axes("y", domains, *ranges, gridcolor=GRID, nticks=3, zeroline=True, zerolinecolor=GRID))
    drawn.update_xaxes(
        tickmode="array", tickvals=x, ticktext=list(map(plain, names)), range=[-0.6, N - 0.4],
        anchor="free", position=0,
    )  # fmt: skip
    moving = [1, 2, 3, *range(4, 4 + len(kept)), 4 + len(kept)]
    return stepped(drawn, [str(j + 1) for j in range(N)], (list(now(j)) for j in range(N)), moving)
