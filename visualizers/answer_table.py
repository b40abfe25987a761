"""Questions as rows, those who answer as columns: what each wrote, with a sign for right or wrong."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from visualizers.theme import FAILED, HELD, INK, INK_2, figure, note, plain

LONGEST = 15
"""Characters of an answer that fit into a column; of a longer one the beginning is shown."""
LONGEST_PROMPT = 25
"""Characters of a prompt that fit beside them; of a longer one its end is shown."""


def end_of(prompt: str) -> str:
    """Its last whole words."""
    return prompt if len(prompt) <= LONGEST_PROMPT else "… " + prompt[-LONGEST_PROMPT:].split(" ", 1)[1]


def answer_table(
    questions: Sequence[str],
    columns: Mapping[str, Sequence[tuple[str, bool]]],
    titles: Sequence[str],
    first_column: float = 0.72,
) -> go.Figure:
    """One column an item of ``columns`` (what was written, whether it is right) under its title of ``titles``.

    ``first_column``: how wide the questions stand, in widths of the others.

    Traces: “questions”, and one per column, of its name.
    """
    rows = list(range(len(questions)))
    first = go.Scatter(
        x=[0.0] * len(rows), y=rows, mode="text", name="questions", text=[f"<b>{plain(one)}</b>" for one in questions],
        textposition="middle right", textfont={"size": 12, "color": INK}, hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    width = 1 / (len(columns) + first_column)
    traces = [first]
    for at, (name, answers) in enumerate(columns.items()):
        traces.append(
            go.Scatter(
                x=[(at + first_column + 0.06) * width] * len(rows), y=rows, mode="markers+text", name=name,
                marker={
                    "size": 8, "color": [HELD if right else FAILED for _, right in answers],
                    "symbol": ["circle" if right else "diamond-open" for _, right in answers],
                },
                text=[f" {plain(text if len(text) <= LONGEST else text[: LONGEST - 1] + '…')}" for text, _ in answers],
                textposition="middle right", textfont={"size": 11, "color": INK}, cliponaxis=False,
                customdata=[plain(text) for text, _ in answers],
                hovertemplate=f"{name}: %{{customdata}}<extra></extra>",
            )
        )  # fmt: skip
    headings = [
        note((at + first_column + 0.04) * width, -0.95, title, colour=INK_2, xanchor="left", align="left")
        for at, title in enumerate(titles)
    ]
    drawn = figure(
        traces, x_range=(0, 1.02), y_range=(len(rows) - 0.4, -1.7), margin=(4, 4, 4, 4), annotations=headings
    )
    drawn.update_xaxes(visible=False)
    return drawn.update_yaxes(visible=False)
