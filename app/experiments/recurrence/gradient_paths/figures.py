"""Two figures of the gradient in an LSTM: along the cell and in all, and the forget gates that it passes."""

from collections.abc import Callable

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.gradient_paths.run import LAG, PathResult, Snapshot
from visualizers.curve import curves
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

ALONG, WHOLE, START = "along the cell", "all paths", "along, at the start"


def figures(result: PathResult, metrics: Measurements) -> Figures:
    return {"paths": _paths(result, metrics), "training": _training(result, metrics)}


def _paths(result: PathResult, metrics: Measurements) -> Figure:
    newest, start = result.progress.newest, result.progress.snapshots[0]
    floor = lambda values: np.maximum(values.numpy(), 1e-12)
    lines = {WHOLE: floor(newest.whole), ALONG: floor(newest.along), START: floor(start.along)}
    plot = curves(
        np.arange(-LAG, 1), lines, x_title="steps before the last", y_log=True, room=12,
        colours={WHOLE: SERIES[1], ALONG: ACCENT, START: INK_3},
    )  # fmt: skip
    plot.layout.annotations = ()
    plot.update_xaxes(range=[-LAG - 0.5, 0.5])
    plot.update_yaxes(exponentformat="power", dtick=2 if min(map(np.min, lines.values())) < 1e-4 else 1)
    return Figure(
        title="Gradient of the cell with respect to its earlier value",
        caption=(
            "{trace:along the cell|Along the cell}: the product of its forget gates. {trace:all paths|All paths}: also"
            " through the gates. {trace:along, at the start|Before training}, the product. Values below 10⁻¹² are drawn"
            " there."
        ),
        text=(
            f"Over {LAG} steps, {metrics['product_over_30_steps']:.2g} of the gradient comes back along the cell, and"
            f" {metrics['whole_gradient_over_30_steps']:.2g} by all paths. Before training the product was"
            f" {10 ** metrics['log10_product_before_training']:.2g}."
        ),
        plot=plot,
        height=320,
    )


def _training(result: PathResult, metrics: Measurements) -> Figure:
    progress = result.progress
    steps = np.array(progress.taken, dtype=float)

    def strip(title: str, name: str, number: Callable[[Snapshot], float | Tensor], colour: str) -> Strip:
        line = (steps, np.array([float(number(one)) for one in progress.snapshots]))
        return Strip(title, {name: line}, y_range=(0, 1.05), colours=(colour,))

    return Figure(
        title="During training",
        caption=(
            "Above: the unit with the largest product, chosen on other texts. Below: questions answered after 30 steps."
        ),
        text=(
            f"The forget gates of all units are {metrics['mean_forget_gate']:.2f} on average, and"
            f" {metrics['accuracy']:.0%} of the questions after {LAG} steps are answered."
        ),
        plot=strips(
            [
                strip(f"product over {LAG} steps", "product", lambda one: one.along[0], ACCENT),
                strip("accuracy, share", "accuracy", lambda one: one.accuracy, SERIES[2]),
            ],
            x_title="training step",
            marks={},
        ),
        height=300,
    )
