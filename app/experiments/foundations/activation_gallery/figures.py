"""The eight functions above what trained networks feed them, and which predictions a swap of functions changes."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.activation_gallery.run import GIVEN, TRAINED, GalleryResult, shares, table
from app.experiments.foundations.activation_inputs import GRID, inputs_of, of_curve
from visualizers.activation import Panel, gallery
from visualizers.marks import cell_frame
from visualizers.matrix import heatmap, write_cells


def figures(result: GalleryResult, metrics: Measurements) -> Figures:
    return {"functions": _functions(result, metrics), "swaps": _swaps(result, metrics)}


def _functions(result: GalleryResult, metrics: Measurements) -> Figure:
    own = result.controls.trained
    panels = {name: Panel(phi(GRID).numpy(), inputs_of(shares(result, name), phi)) for name, phi in TRAINED.items()}
    return Figure(
        title="Eight functions, each above the inputs it gets after training",
        caption=(
            "The {c1|curve} is the function of one pre-activation z. Bars: how often each z occurs."
            f" {{trace:inputs on the slope, {own}|Coloured}} bars lie where the curve rises or falls,"
            f" {{trace:inputs where it is flat, {own}|grey}} ones where it is flat (slope below 0.1). The outermost"
            " bars hold everything beyond."
        ),
        text=(
            f"Of the pre-activations of the {own} network, {metrics['flat_inputs_share']:.0%} lie where the function is"
            f" flat. Held-out accuracy of the eight lies between {metrics['lowest_held_out_accuracy']:.1%} and"
            f" {metrics['highest_held_out_accuracy']:.1%}."
        ),
        plot=gallery(GRID.numpy(), panels, picked=own),
        height=400,
        sources=[of_curve(phi, name) for name, phi in TRAINED.items()],
    )


def _swaps(result: GalleryResult, metrics: Measurements) -> Figure:
    c = result.controls
    changed = 100 * table(result)
    drawn = heatmap(
        changed, rows=list(TRAINED), columns=list(GIVEN), row_title="", column_title="given after training", high=100
    )
    write_cells(drawn, [[f"{value:.0f}" for value in row] for row in changed])
    row, column = list(TRAINED).index(c.trained), list(GIVEN).index(c.given)
    drawn.add_shape(**cell_frame((row, row), (column, column)))
    drawn.update_layout(margin={"l": 78, "b": 92})
    drawn.update_xaxes(tickangle=-40)
    return Figure(
        title="Predictions that change when the function is swapped after training, %",
        caption=(
            "Rows: trained with. Columns: given after training, with all weights kept. The frame marks your pair. Pale:"
            " the network answers as before."
        ),
        text=(
            f"Trained with {c.trained} and given {c.given}, the network changes"
            f" {metrics['predictions_changed_share']:.1%} of its 297 held-out"
            f" predictions; given a mirrored ReLU, {metrics['changed_by_mirrored_relu_share']:.1%}."
        ),
        plot=drawn,
        height=380,
    )
