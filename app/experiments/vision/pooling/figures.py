"""A digit pooled where it stands and moved, and the accuracy of two heads on moved digits."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.moved_digits import accuracy_by_shift
from app.experiments.vision.pooling.run import POOLS, PoolingResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from visualizers.grids import Grid, grids

NAMES = "in place", "moved by 1 pixel", "moved by 2 pixels"


def figures(result: PoolingResult, metrics: Measurements) -> Figures:
    return {"pooled": _pooled(result, metrics), "heads": _heads(result, metrics)}


def _pooled(result: PoolingResult, metrics: Measurements) -> Figure:
    panels, sources = {}, []
    for at, name in enumerate(NAMES):
        image, pooled = result.images[at], result.pooled[at]
        panels[f"image {name}"] = Grid(image[0, 0].numpy(), (13.5 * at, 0), name, high=1.0)
        panels[f"pooled {name}"] = Grid(pooled[0, 0].numpy(), (13.5 * at, 14), "pooled, 6×6", 2, high=1.0)
        computed = Computed(pooled, POOLS[result.controls.window], {"x": image})
        sources += [
            Plotted(computed, lambda y: y[0, 0], f"pooled {name}"),
            Plotted(image, lambda x: x[0, 0], f"image {name}"),
        ]
    return Figure(
        title="2×2 windows become one number each",
        caption=(
            "Moved by two pixels, the pooled image moves by exactly one cell. Moved by one pixel, each window holds"
            " other pixels, and the pooled image changes."
        ),
        text=(
            f"On held-out digits, a shift by one pixel changes {metrics['pixels_changed_share']:.0%} of the squared ink"
            f" of the pixels and {metrics['pooled_changed_share']:.0%} of that of the pooled images."
        ),
        plot=grids(panels),
        height=420,
        sources=sources,
    )


def _heads(result: PoolingResult, metrics: Measurements) -> Figure:
    newest, head = result.progress.newest, result.controls.head.split(",")[0]
    return Figure(
        title="Accuracy of two heads on held-out digits that are moved",
        caption=(
            f"The same three convolutional layers with {{trace:{head}|{head}}}, {number(result.parameters)} weights in"
            f" all, and with {{trace:flattened|flattened maps}}, {number(result.flattened_parameters)}."
        ),
        text=(
            f"Moved by two pixels, {head} is right in {metrics['accuracy_moved_by_2']:.0%} of cases and the flattened"
            f" head in {metrics['flattened_accuracy_moved_by_2']:.0%}."
        ),
        plot=accuracy_by_shift({head: newest.pooled, "flattened": newest.flattened}, 190, room=110),
        height=270,
    )
