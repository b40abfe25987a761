"""Texts that are kept side by side, step by step: which grew out of which."""

from collections.abc import Sequence

import plotly.graph_objects as go

from visualizers.theme import ACCENT, AXIS, INK, INK_2, clickable, figure, plain

APART = 0.33
"""Of the distance between two columns, what is left free for half a word."""


def beam_tree(
    words: Sequence[Sequence[str]],
    parents: Sequence[Sequence[int]],
    scores: Sequence[Sequence[float]],
    *,
    best: Sequence[int],
    root: str,
    y_title: str,
    texts: Sequence[Sequence[str]] = (),
    back: str = "",
    sets: str | None = None,
) -> go.Figure:
    """Columns of words, the best on top; line i of a step comes from line ``parents[step][i]`` of the step before.

    ``root`` is the word that all of them follow. A click on a word gives the control ``sets`` the text up to it, of
    ``texts``; on the root, ``back``. ``best`` is the line of the best text at each step, drawn strong.
    Traces: “all”, “best”, “words”.
    """
    rows = max(map(len, words))

    def path(chosen: Sequence[tuple[int, int]]) -> dict[str, list[float | None]]:
        x: list[float | None] = []
        y: list[float | None] = []
        for step, line in chosen:
            x += [step - 1 + APART, step - APART, None]
            y += [float(parents[step][line]) if step else 0.0, float(line), None]
        return {"x": x, "y": y}

    every = [(step, line) for step, column in enumerate(words) for line in range(len(column))]
    faint = go.Scatter(**path(every), name="all", mode="lines", line={"color": AXIS, "width": 1}, hoverinfo="skip")
    strong = go.Scatter(
        **path(list(enumerate(best))), name="best", mode="lines", line={"color": ACCENT, "width": 2.5}, hoverinfo="skip"
    )
    on = set(enumerate(best))
    labels = go.Scatter(
        x=[-1, *(step for step, _ in every)], y=[0, *(line for _, line in every)], name="words", mode="text",
        text=[
            f"<b>{plain(root)}</b>",
            *(f"<b>{plain(words[s][i])}</b>" if (s, i) in on else plain(words[s][i]) for s, i in every),
        ],
        textfont={"size": 11, "color": [INK, *(INK if one in on else INK_2 for one in every)]},
        hovertext=["", *(f"{y_title} {scores[s][i]:.2f}" for s, i in every)],
        hovertemplate="%{text}<br>%{hovertext}<extra></extra>",
    )  # fmt: skip
    if sets is not None:
        labels.customdata = [back or None, *(texts[s][i] for s, i in every)]
        clickable(labels, sets)
    drawn = figure([faint, strong, labels], x="step", margin=(16, 16, 8, 40))
    drawn.update_xaxes(
        tickmode="array", tickvals=list(range(len(words))), ticktext=[str(step + 1) for step in range(len(words))],
        range=[-1.4, len(words) - 0.5], showline=False,
    )  # fmt: skip
    return drawn.update_yaxes(visible=False, range=[rows - 0.4, -0.6])
