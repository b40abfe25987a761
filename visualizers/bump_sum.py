"""A curve as the sum of bumps, over the data that it was fitted to."""

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK_3, SERIES, compact, figure


def bump_sum(
    x: np.ndarray, parts: np.ndarray, total: np.ndarray, target: np.ndarray, data: tuple[np.ndarray, np.ndarray],
    centres: np.ndarray,
) -> go.Figure:  # fmt: skip
    """``parts`` (G, M) and their ``total`` (G,) along ``x`` (G,), with the ``target`` (G,), data points and centres.

    Traces: “target”, “bumps” (all of them, with gaps between), “data”, “centres”, “sum”.
    """
    G, M = parts.shape
    apart = np.full((M, G + 1), np.nan)
    apart[:, :G] = np.where(np.abs(parts.T) > 5e-3, parts.T, np.nan)
    across = np.tile(np.append(x, np.nan), M)
    known, made = (max(float(np.abs(one).max()) for one in pair) for pair in ((target, data[1]), (parts, total)))
    limit = 1.1 * max(known, min(made, 2 * known))  # a sum that shoots up must not flatten the data
    traces = [
        go.Scatter(
            x=compact(x), y=compact(target), name="target", mode="lines", hoverinfo="skip",
            line={"color": INK_3, "width": 1, "dash": "dot"},
        ),
        go.Scatter(
            x=compact(across), y=compact(apart.ravel()), name="bumps", mode="lines", connectgaps=False,
            line={"color": SERIES[2], "width": 1.2}, hoverinfo="skip", meta={"gaps": True},
        ),
        go.Scatter(
            x=compact(data[0]), y=compact(data[1]), name="data", mode="markers",
            marker={"size": 4, "color": INK_3, "opacity": 0.6}, hovertemplate="x %{x:.3g}<br>%{y:.3g}<extra></extra>",
        ),
        go.Scatter(
            x=compact(centres), y=np.full(len(centres), -0.94 * limit, dtype=np.float32), name="centres",
            mode="markers",
            marker={"size": 8, "symbol": "triangle-up", "color": SERIES[2]}, cliponaxis=False,
            hovertemplate="centre %{x:.3g}<extra></extra>",
        ),
        go.Scatter(
            x=compact(x), y=compact(total), name="sum", mode="lines", line={"color": ACCENT, "width": 2.5},
            hovertemplate="x %{x:.3g}<br>sum %{y:.4g}<extra></extra>",
        ),
    ]  # fmt: skip
    return figure(traces, x="x", x_range=(-1.02, 1.02), y_range=(-limit, limit), margin=(40, 12, 8, 40))
