"""The figures of the number of heads: what each setting copies, where its heads attend, what a narrow one matches."""

import numpy as np

from app.experiments.attention.head_counts.run import CountResult
from app.experiments.base import Figure, Figures, Measurements
from models.training.narrow_heads import KEY_WIDTHS
from models.training.offset_copiers import HEADS, OFFSETS, PLACES, TRAININGS
from visualizers.curve import curves
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT, INK, INK_3


def figures(result: CountResult, metrics: Measurements) -> Figures:
    return {"grid": _grid(result, metrics), "looks": _attended(result), "width": _width(result, metrics)}


def _grid(result: CountResult, metrics: Measurements) -> Figure:
    percent = 100 * result.grid.numpy()
    drawn = heatmap(
        percent,
        rows=[f"{places} position{'s' * (places > 1)}" for places in PLACES],
        columns=list(map(str, HEADS)),
        column_title="heads",
        high=100,
    )
    cells = drawn.data[0]
    write_cells(drawn, [[f"{value:.0f}" for value in row] for row in percent], size=12)
    cells.customdata = [[[places, heads] for heads in HEADS] for places in PLACES]
    cells.meta = {"sets": ["places", "heads"]}
    row, column = PLACES.index(result.controls.places), HEADS.index(result.chosen)
    drawn.add_shape(
        type="rect", x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5, line={"color": INK, "width": 2}
    )
    return Figure(
        title="Symbols copied correctly, %",
        caption=f"Means of {TRAININGS} trainings each; all settings have the same width. Click a cell to pick it.",
        text=(
            f"{result.chosen} head{'s' * (result.chosen > 1)}, {result.controls.places} position"
            f"{'s' * (result.controls.places > 1)}: {metrics['accuracy_percent']:.1f} % correct, in the worst training"
            f" {metrics['lowest_accuracy_percent']:.1f} %. A guess is right for {metrics['chance_percent']:.1f} %."
        ),
        plot=drawn.update_layout(margin={"l": 78, "r": 8, "t": 8, "b": 44}),
        height=240,
        half=True,
    )


def _attended(result: CountResult) -> Figure:
    weights, asked = result.weights_back, OFFSETS[: result.controls.places]
    every = max(1, len(weights) // 8)
    columns = [f"<b>{back}</b>" if back in asked else str(back) for back in range(weights.shape[1])]
    drawn = heatmap(
        weights.numpy(),
        rows=[str(head) if head % every == 0 else "" for head in range(len(weights))],
        columns=columns,
        row_title="head",
        column_title="symbols back",
        high=1.0,
    )
    drawn.update_xaxes(ticktext=columns)
    served = len({int(row.argmax()) for row in weights} & set(asked))
    return Figure(
        title=f"Where {'the head attends' if len(weights) == 1 else f'the {len(weights)} heads attend'}",
        caption="Mean weight by distance; distances to copy are bold. One of the five trainings.",
        text=f"{served} of the {len(asked)} distances to copy get the largest weight of some head.",
        plot=drawn.update_layout(margin={"l": 44, "r": 8, "t": 8, "b": 44}),
        height=240,
        half=True,
    )


def _width(result: CountResult, metrics: Measurements) -> Figure:
    lines = {f"training {n + 1}": 100 * row.numpy() for n, row in enumerate(result.narrow)}
    lines["mean"] = np.mean(list(lines.values()), axis=0)
    drawn = curves(
        KEY_WIDTHS, lines, x_title="features of queries and keys", x_log=True, y_range=(0, 104), markers=True,
        colours=dict.fromkeys(lines, INK_3) | {"mean": ACCENT}, room=12,
    )  # fmt: skip
    drawn.layout.annotations = ()  # all lines end in one place; the caption names them
    drawn.update_xaxes(tickmode="array", tickvals=KEY_WIDTHS, ticktext=list(map(str, KEY_WIDTHS)))
    return Figure(
        title="One head that looks for a related word: correct answers, %",
        caption="One head, {ink-3|five trainings} and their {accent|mean}. Only the width of queries and keys differs.",
        text=(
            f"Of {result.controls.choices} words one is related to the query's. With 32 features the head answers"
            f" {metrics['one_wide_head_percent']:.0f} % correctly, with one feature"
            f" {metrics['one_narrow_head_percent']:.0f} %."
        ),
        plot=drawn,
        height=260,
    )
