"""The figures of the number of heads: what each setting can do, where each head looks, how many dimensions it has."""

import numpy as np

from app.experiments.attention.head_counts.run import CountResult
from app.experiments.base import Figure, Figures, Measurements
from models.training.offset_copiers import HEADS, OFFSETS, PLACES, WIDTH
from visualizers.curve import curves
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT, INK, INK_3


def figures(result: CountResult, numbers: Measurements) -> Figures:
    return {"grid": _grid(result, numbers), "looks": _looks(result), "rank": _rank(result, numbers)}


def _grid(result: CountResult, numbers: Measurements) -> Figure:
    percent = 100 * result.grid.numpy()
    drawn = heatmap(
        percent,
        rows=[f"{places} place{'s' * (places > 1)}" for places in PLACES],
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
        title="Symbols copied rightly, %",
        caption="Left of the staircase a layer has fewer heads than places. Click a cell to run that model.",
        text=(
            f"Heads: {result.chosen}, places: {result.controls.places}. Right: {numbers['accuracy_percent']:.3g} %;"
            f" {numbers['chance_percent']:.3g} % would be chance. All settings have"
            f" {numbers['model_parameters']:,.0f} parameters."
        ),
        plot=drawn.update_layout(margin={"l": 66, "r": 8, "t": 8, "b": 44}),
        height=240,
        half=True,
    )


def _looks(result: CountResult) -> Figure:
    looks, asked = result.looks, OFFSETS[: result.controls.places]
    every = max(1, len(looks) // 8)
    drawn = heatmap(
        looks.numpy(),
        rows=[str(head) if head % every == 0 else "" for head in range(len(looks))],
        columns=[f"<b>{back}</b>" if back in asked else str(back) for back in range(looks.shape[1])],
        row_title="head",
        column_title="symbols back",
        high=1.0,
    )
    drawn.update_xaxes(ticktext=[f"<b>{back}</b>" if back in asked else str(back) for back in range(looks.shape[1])])
    served = len({int(look.argmax()) for look in looks} & set(asked))
    return Figure(
        title=f"Where {'the one head looks' if len(looks) == 1 else f'the {len(looks)} heads look'}",
        caption="Mean weight by distance; the places asked for are bold. A head alone must divide its weight.",
        text=f"{served} of the {len(asked)} places are some head's strongest look.",
        plot=drawn.update_layout(margin={"l": 44, "r": 8, "t": 8, "b": 44}),
        height=240,
        half=True,
    )


def _rank(result: CountResult, numbers: Measurements) -> Figure:
    lines = {str(heads): np.where(s.numpy() > 1e-9, s.numpy(), np.nan) for heads, s in result.singular.items()}
    drawn = curves(
        np.arange(1, len(next(iter(lines.values()))) + 1),
        lines,
        x_title="singular value, counted from the largest",
        y_log=True,
        y_range=(-5, 0.3),
        markers=True,
        colours={name: ACCENT if name == str(result.chosen) else INK_3 for name in lines},
        room=30,
    )
    drawn.update_yaxes(dtick=1, exponentformat="power")
    what = "score matrix" if result.controls.matrix == "scores" else "map of weights"
    return Figure(
        title=f"The dimensions of a head: singular values of its {what}",
        caption=(
            f"A line for each number of heads, {{accent|{result.chosen}}} chosen: it ends where only rounding is left."
        ),
        text=(
            f"{WIDTH} features over {result.chosen} make {WIDTH // result.chosen} a head; the rank of its {what} is"
            f" {numbers['rank']:g}."
        ),
        plot=drawn,
        height=260,
    )
