"""Several rankings of the same texts, one under the other: the first of each, with their scores."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from visualizers.theme import ACCENT, INK, INK_2, figure, note, plain

LONGEST = 58
"""Characters of a line; of a longer text the beginning is shown."""


def ranked_lists(lists: Mapping[str, Sequence[tuple[str, float]]]) -> go.Figure:
    """Title → (text, score), the best first. A trace per list, of its title: a bar per text, long as its score.

    Bars are scaled to the best score of their list; scores of 0 and below have no bar.
    """
    rows, titles, traces, at = [], [], [], 0.0
    for title, found in lists.items():
        titles.append(note(0, at, plain(title), colour=ACCENT, xref="paper", xanchor="left"))
        best = max([score for _, score in found], default=0.0)
        places = [at + number for number in range(1, len(found) + 1)]
        traces.append(
            go.Bar(
                x=[max(0.0, score) / best if best > 0 else 0.0 for _, score in found], y=places, orientation="h",
                name=title, width=0.12, marker={"color": ACCENT}, offset=0.24, base=0,
                customdata=[[plain(text), score] for text, score in found],
                hovertemplate="%{customdata[0]}<br>score %{customdata[1]:.3f}<extra></extra>",
            )
        )  # fmt: skip
        for place, (text, score) in zip(places, found, strict=True):
            cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
            rows.append(note(0, place, plain(cut), colour=INK, xref="paper", xanchor="left", xshift=2))
            rows.append(note(1, place, f"{score:.2f}", colour=INK_2, xref="paper", xanchor="right"))
        at += len(found) + 1.6
    drawn = figure(
        traces, x_range=(0, 1.0), y_range=(at - 0.8, -0.7), margin=(4, 4, 4, 4), annotations=[*titles, *rows],
        barmode="overlay",
    )  # fmt: skip
    drawn.update_xaxes(visible=False)
    return drawn.update_yaxes(visible=False)
