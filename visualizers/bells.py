"""A target density and the bells fitted to it, from many starts, in two ways."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.stepped import Patch, stepped
from visualizers.theme import ACCENT, INK_3, MARK, SERIES, compact, figure

COLOURS = (ACCENT, SERIES[1])


def fitted_bells(
    x: np.ndarray,
    target: np.ndarray,
    bells: Mapping[str, np.ndarray],
    *,
    frames: Sequence[str],
    start: int,
    highest: float,
) -> go.Figure:
    """The ``target`` (G,) as an area, and for each way the bells (F, S, G) of S starts as thin lines, frame by frame.

    Traces: “target”, and one per way, of its name.
    """
    gap = np.full(1, np.nan)

    def lines(values: np.ndarray) -> Patch:
        return {"y": compact(np.concatenate([np.concatenate([row, gap]) for row in values]))}

    def moving(at: int) -> list[Patch]:
        return [lines(values[at]) for values in bells.values()]

    traces = [
        go.Scatter(
            x=compact(x), y=compact(target), name="target", mode="lines", fill="tozeroy", fillcolor=MARK,
            line={"color": INK_3, "width": 1.5}, hovertemplate="target<br>%{x:.2f}<br>%{y:.3f}<extra></extra>",
        )
    ]  # fmt: skip
    for (name, values), colour, patch in zip(bells.items(), COLOURS, moving(start)):
        across = np.tile(np.concatenate([x, gap]), len(values[0]))
        traces.append(
            go.Scatter(
                x=compact(across), **patch, name=name, mode="lines", line={"color": colour, "width": 1.6},
                opacity=0.75, hoverinfo="skip", meta={"gaps": True},
            )
        )  # fmt: skip
    drawn = figure(traces, x_range=(float(x[0]), float(x[-1])), y_range=(0, highest), margin=(40, 12, 8, 30))
    return stepped(drawn, frames, map(moving, range(len(frames))), range(1, 1 + len(bells)))
