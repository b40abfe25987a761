"""Points in the plane: clouds beside each other, and clouds that move through a field of arrows."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, AXIS, INK_3, SERIES, figure, note, plain

LARGEST_ARROW = 20.0
MILLI = 1000
"""Positions are whole thousandths: two bytes a number on the wire, where a float takes four."""


def _at(cloud: np.ndarray) -> dict[str, np.ndarray]:
    whole = np.rint(cloud * MILLI).astype(np.int16 if cloud.min(initial=0) < 0 else np.uint16)
    return {"x": whole[:, 0], "y": whole[:, 1]}


def flow(
    points: np.ndarray,
    *,
    guesses: np.ndarray,
    data: np.ndarray,
    places: np.ndarray,
    arrows: np.ndarray,
    frames: Sequence[str],
    start: int = 0,
    reach: float = 2.8,
) -> go.Figure:
    """``points`` (S, P, 2) on their way, in the accent; ``guesses`` (S, P, 2) where each is thought to end, series 2.

    ``data`` (Q, 2) lies behind in grey. ``arrows`` (S, G, 2) stand at ``places`` (G, 2), as large as they are long,
    up to one unit. The plane shows −``reach`` … ``reach`` both ways. Traces: “real points, in
    thousandths”, “arrows, …”, “guesses, …”, “points on their way, …”.
    """
    length = np.hypot(arrows[..., 0], arrows[..., 1])
    angle = np.rint(np.degrees(np.arctan2(arrows[..., 0], arrows[..., 1]))).astype(np.int16)  # plotly wraps into ±180
    size = np.rint(LARGEST_ARROW * np.sqrt(np.clip(length, 0, 1))).astype(np.uint8)

    def moving(at: int) -> list[go.Scatter]:
        quiver = go.Scatter(marker={"angle": angle[at], "size": size[at]})
        return [quiver, go.Scatter(_at(guesses[at])), go.Scatter(_at(points[at]))]

    still = go.Scatter(_at(data), name="real points, in thousandths", mode="markers", hoverinfo="skip")
    still.marker = {"size": 3, "color": AXIS, "opacity": 0.5}
    quiver, thought, cloud = moving(start)
    quiver.update(_at(places), name="arrows, in thousandths", mode="markers", hoverinfo="skip")
    quiver.update(marker={"symbol": "arrow", "color": INK_3, "opacity": 0.45})
    thought.update(name="guesses, in thousandths", mode="markers", hoverinfo="skip")
    thought.marker = {"size": 3, "color": SERIES[1], "opacity": 0.7}
    cloud.update(name="points on their way, in thousandths", mode="markers", hoverinfo="skip")
    cloud.marker = {"size": 5, "color": ACCENT, "opacity": 0.8}
    drawn = figure([still, quiver, thought, cloud], margin=(8, 8, 8, 8))
    drawn.update_xaxes(range=[-reach * MILLI, reach * MILLI], showticklabels=False, showline=False, constrain="domain")
    drawn.update_yaxes(
        range=[-reach * MILLI, reach * MILLI], showticklabels=False, showgrid=False, scaleanchor="x", constrain="domain"
    )
    drawn.frames = [go.Frame(name=name, data=moving(at), traces=[1, 2, 3]) for at, name in enumerate(frames)]
    return drawn


def clouds(stops: np.ndarray, *, rows: Sequence[str], under: Sequence[Sequence[str]], reach: float = 2.8) -> go.Figure:
    """Clouds of points (R, C, P, 2) on a grid, a word below each; a trace and a colour per row, of its name."""
    R, C = stops.shape[:2]
    wide, tall = 2 * reach, 2.5 * reach
    middles = [(R - r - 0.42) * tall for r in range(R)]
    traces, labels = [], []
    for r in range(R):
        shift = np.stack([(np.arange(C) + 0.5) * wide, np.full(C, middles[r])], -1)[:, None]
        placed = np.clip(stops[r], -0.96 * reach, 0.96 * reach) + shift
        trace = go.Scatter(
            _at(placed.reshape(-1, 2)),
            name=f"{rows[r]}, in thousandths, the clouds side by side",
            mode="markers",
            hoverinfo="skip",
        )
        trace.marker = {"size": 2, "color": SERIES[r], "opacity": 0.7}
        traces.append(trace)
        labels += [
            note((c + 0.5) * wide * MILLI, (middles[r] - 1.15 * reach) * MILLI, plain(under[r][c]), yanchor="middle")
            for c in range(C)
        ]
    drawn = figure(traces, margin=(18 + 6 * max(map(len, rows)), 8, 4, 4), annotations=labels)
    drawn.update_xaxes(range=[0, C * wide * MILLI], showticklabels=False, showline=False, constrain="domain")
    drawn.update_yaxes(
        range=[0, R * tall * MILLI], showgrid=False,
        tickmode="array", tickvals=[MILLI * middle for middle in middles], ticktext=list(map(plain, rows)),
        scaleanchor="x", constrain="domain", constraintoward="top",
    )  # fmt: skip
    return drawn
