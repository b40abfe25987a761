"""How deep in a network something happens: a bar per token, down to the block where it is done."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_3, MARK, compact, figure, note
from visualizers.tokens import token_axis, token_size


def depth_bars(depth: np.ndarray, tokens: Sequence[str], *, deepest: int, given: int) -> go.Figure:
    """Bars to ``depth`` (T,) of 0 to ``deepest`` blocks; a line parts the first ``given`` tokens from the others.

    Traces: “given” and “added”.
    """
    at = np.arange(len(tokens))
    bars = [
        go.Bar(
            x=at[part], y=compact(depth[part]), name=name, marker={"color": colour}, width=0.7,
            hovertemplate="%{y:.0f} blocks<extra></extra>",
        )
        for name, part, colour in (("given", at < given, MARK), ("added", at >= given, ACCENT))
    ]  # fmt: skip
    drawn = figure(bars, y_range=(0, deepest + 0.15), margin=(36, 8, 20, 62))
    token_axis(drawn, tokens, None, "x", token_size(len(tokens)))
    drawn.update_xaxes(tickangle=-60, showline=True, range=[-0.6, len(tokens) - 0.4])
    drawn.update_yaxes(dtick=1 if deepest <= 8 else 5, tick0=0)
    if given < len(tokens):
        drawn.add_shape(reference_line(x=given - 0.5))
        drawn.add_annotation(
            **note(given - 0.5, 1, "generated →", colour=INK_3, yref="paper", xanchor="left", yanchor="bottom")
        )
    return drawn
