"""The largest of many counts as horizontal bars, frame by frame; the chosen one stands on top."""

from collections.abc import Sequence

import plotly.graph_objects as go

from visualizers.stepped import stepped
from visualizers.theme import ACCENT, INK, MARK, figure, plain


def ranked_bars(
    frames: Sequence[Sequence[tuple[str, float]]], names: Sequence[str], *, rows: int, x_title: str
) -> go.Figure:
    """Each frame lists (label, count), the largest first; at most ``rows`` are drawn. Trace: “counts”."""
    highest = max((count for frame in frames for _, count in frame), default=1.0)
    patches = []
    for frame in frames:
        shown = frame[:rows]
        patches.append(
            [
                {
                    "x": [count for _, count in shown],
                    "y": list(range(len(shown))),
                    "text": [f"{plain(label)}   {count:g}" for label, count in shown],
                }
            ]
        )
    bars = go.Bar(
        name="counts", orientation="h", width=0.74, textposition="outside", textangle=0, constraintext="none",
        textfont={"size": 12, "color": INK, "family": "ui-monospace, Menlo, Consolas, monospace"}, cliponaxis=False,
        marker={"color": [ACCENT, *[MARK] * (rows - 1)]}, hovertemplate="%{text}<extra></extra>",
    ).update(patches[-1][0])  # fmt: skip
    drawn = figure([bars], x=x_title, margin=(8, 8, 4, 40), x_range=(0, 1.45 * highest), y_range=(rows - 0.4, -0.6))
    drawn.update_yaxes(visible=False)
    return stepped(drawn, names, patches, (0,))
