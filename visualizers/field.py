"""Points in the plane: clouds beside each other, and clouds that move through a field of arrows."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.theme import ACCENT, AXIS, INK_3, SERIES, figure, note, plain

MILLI = 1000
LARGEST_ARROW = 20.0


def _milli(values: np.ndarray) -> np.ndarray:
    """Thousandths as unsigned two-byte numbers: half of float32 on the wire (and −1 would be a row of slashes)."""
    whole: np.ndarray = np.rint(np.clip(values * MILLI, 0, 2**16 - 1)).astype(np.uint16)
    return whole


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
    up to one unit. The plane shows −``reach`` … ``reach`` both ways.
    """
    length = np.hypot(arrows[..., 0], arrows[..., 1])
    angle = np.rint(np.degrees(np.arctan2(arrows[..., 0], arrows[..., 1])) % 360).astype(np.uint16)
    size = np.rint(LARGEST_ARROW * np.sqrt(np.clip(length, 0, 1))).astype(np.uint8)

    def across(cloud: np.ndarray) -> dict[str, np.ndarray]:
        return {"x": _milli(cloud[:, 0] + reach), "y": _milli(cloud[:, 1] + reach)}

    def moving(at: int) -> list[go.Scatter]:
        quiver = go.Scatter(marker={"angle": angle[at], "size": size[at]})
        return [quiver, go.Scatter(across(guesses[at])), go.Scatter(across(points[at]))]

    still = go.Scatter(
        across(data), mode="markers", hoverinfo="skip", marker={"size": 3, "color": AXIS, "opacity": 0.5}
    )
    quiver, thought, cloud = moving(start)
    quiver.update(across(places), mode="markers", hoverinfo="skip")
    quiver.update(marker={"symbol": "arrow", "color": INK_3, "opacity": 0.45})
    thought.update(mode="markers", marker={"size": 3, "color": SERIES[1], "opacity": 0.7}, hoverinfo="skip")
    cloud.update(mode="markers", marker={"size": 5, "color": ACCENT, "opacity": 0.8}, hoverinfo="skip")
    drawn = figure([still, quiver, thought, cloud], margin=(8, 8, 8, 8))
    edge = [0, 2 * reach * MILLI]
    drawn.update_xaxes(range=edge, showticklabels=False, showline=False, constrain="domain")
    drawn.update_yaxes(range=edge, showticklabels=False, showgrid=False, scaleanchor="x", constrain="domain")
    drawn.frames = [go.Frame(name=name, data=moving(at), traces=[1, 2, 3]) for at, name in enumerate(frames)]
    return drawn


def clouds(stops: np.ndarray, *, rows: Sequence[str], under: Sequence[Sequence[str]], reach: float = 2.8) -> go.Figure:
    """Clouds of points (R, C, P, 2) on a grid, a word below each; one colour a row."""
    R, C = stops.shape[:2]
    wide, tall = 2 * reach, 2.5 * reach
    middles = [(R - r - 0.6) * tall for r in range(R)]
    traces, labels = [], []
    for r in range(R):
        shift = np.stack([(np.arange(C) + 0.5) * wide, np.full(C, middles[r])], -1)[:, None]
        placed = (np.clip(stops[r], -0.96 * reach, 0.96 * reach) + shift).reshape(-1, 2)
        traces.append(
            go.Scatter(
                x=_milli(placed[:, 0]),
                y=_milli(placed[:, 1]),
                mode="markers",
                hoverinfo="skip",
                marker={"size": 2, "color": SERIES[r], "opacity": 0.7},
            )  # fmt: skip
        )
        labels += [
            note((c + 0.5) * wide * MILLI, (middles[r] - 1.15 * reach) * MILLI, plain(under[r][c]), yanchor="middle")
            for c in range(C)
        ]
    drawn = figure(traces, margin=(18 + 6 * max(map(len, rows)), 8, 4, 4), annotations=labels)
    drawn.update_xaxes(range=[0, C * wide * MILLI], showticklabels=False, showline=False, constrain="domain")
    drawn.update_yaxes(
        range=[-0.15 * reach * MILLI, R * tall * MILLI], showgrid=False,
        tickmode="array", tickvals=[middle * MILLI for middle in middles], ticktext=list(map(plain, rows)),
        scaleanchor="x", constrain="domain", constraintoward="top",
    )  # fmt: skip
    return drawn
