"""Lines of text, each with a sign for what is said of it."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from visualizers.theme import INK, figure, plain

LONGEST = 42
"""Characters that fit into half a page; of a longer line the end is shown."""


def sentences(lines: Sequence[tuple[str, str]], signs: Mapping[str, tuple[str, str]]) -> go.Figure:
    """One line an item, (text, verdict); ``signs`` gives each verdict its colour and marker symbol.

    Trace: “sentences”.
    """
    texts = [text if len(text) <= LONGEST else f"… {text[-LONGEST:]}" for text, _ in lines]
    colours, symbols = zip(*(signs[verdict] for _, verdict in lines), strict=True)
    trace = go.Scatter(
        x=[0] * len(lines),
        y=list(range(len(lines))),
        name="sentences",
        mode="markers+text",
        marker={"size": 9, "color": colours, "symbol": symbols},
        text=[f"  {plain(text)}" for text in texts],
        textposition="middle right",
        textfont={"size": 13, "color": INK},
        customdata=[verdict for _, verdict in lines],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    drawn = figure([trace], x_range=(-0.03, 1), y_range=(len(lines) - 0.4, -0.6), margin=(6, 6, 4, 4))
    drawn.update_xaxes(visible=False)
    return drawn.update_yaxes(visible=False)
