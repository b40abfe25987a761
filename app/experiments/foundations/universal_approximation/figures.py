"""The curve with its two fits, the error by width, and the error during gradient descent."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.universal_approximation.run import ACTIVATIONS, WIDTHS, UniversalApproximationResult
from app.number_format import number, small
from app.provenance.origin import Computed, Plotted
from models.approximation.one_hidden_layer import hidden, output, rms_error
from visualizers.curve import curves
from visualizers.theme import ACCENT, INK_3, SERIES

EVERY = 2
"""Points of the curve that are drawn."""


def figures(result: UniversalApproximationResult, metrics: Measurements) -> Figures:
    return {"curve": _curve(result, metrics), "width": _width(result, metrics), "descent": _descent(result, metrics)}


def _curve(result: UniversalApproximationResult, metrics: Measurements) -> Figure:
    n = result.controls.units
    v, c = result.best
    fit = Computed(result.fit, output, {"h": result.units, "v": v, "c": c})
    drawn = curves(
        result.x[::EVERY, 0].numpy(),
        {
            "target": result.target[::EVERY, 0].numpy(),
            "least squares": result.fit[::EVERY, 0].numpy(),
            "descent": result.trained[::EVERY, 0].numpy(),
        },
        x_title="x",
        colours={"target": INK_3, "least squares": ACCENT, "descent": SERIES[1]},
        room=24,
    )
    drawn.layout.annotations = ()
    drawn.data[0].line.update(width=6, dash="solid")
    drawn.data[0].opacity = 0.4
    drawn.data[1].line.dash = "solid"
    drawn.data[2].line.dash = "dash"
    return Figure(
        title=f"A curve, and {n} hidden units that fit it",
        caption=(
            "{ink-3|Target}; {accent|random hidden units with the best output weights}; {c2|all weights by gradient"
            " descent}, dashed."
        ),
        text=(
            f"With the best output weights the error is {small(metrics['least_squares_error'])}; gradient descent ends"
            f" at {small(metrics['descent_error'])} after {metrics['steps']:.0f} steps."
        ),
        plot=drawn,
        height=300,
        sources=[Plotted(fit, lambda y: y[::EVERY, 0], "least squares")],
    )


def _width(result: UniversalApproximationResult, metrics: Measurements) -> Figure:
    lines: dict[str, np.ndarray] = {result.controls.activation: np.maximum(result.by_width, 1e-9)}
    if result.controls.activation != "square":
        lines["square"] = np.maximum(result.squares_by_width, 1e-9)
    return Figure(
        title="Error of the best output weights, by number of hidden units",
        caption="The units are random and nested. With z² as activation, any number of units is only a parabola.",
        text=(
            f"From 8 to 64 units the error goes from {small(metrics['error_of_8_units'])} to"
            f" {small(metrics['error_of_64_units'])}; 64 squares leave {small(metrics['error_of_64_squares'])}."
        ),
        plot=curves(
            np.array(WIDTHS), lines, x_title="hidden units", x_log=True, y_log=True, markers=True, room=56,
            colours={result.controls.activation: ACCENT, "square": SERIES[1]},
        ).update_xaxes(tickvals=list(WIDTHS), ticktext=list(map(str, WIDTHS))).update_yaxes(exponentformat="power"),
        height=260,
        half=True,
    )  # fmt: skip


def _descent(result: UniversalApproximationResult, metrics: Measurements) -> Figure:
    progress, activation = result.progress, ACTIVATIONS[result.controls.activation]
    errors = [
        rms_error(output(hidden(result.x, one.w, one.b, activation), one.v, one.c), result.target).item()
        for one in progress.snapshots
    ]
    best = max(result.trained_best, 1e-9)
    times = metrics["descent_over_best"]
    return Figure(
        title="Error during gradient descent",
        caption="Below: what the best output weights would reach on the hidden units where descent ended.",
        text=(
            f"On the same hidden units, the best output weights would be {number(round(float(f'{times:.2g}')))}"
            " times closer to the curve than gradient descent."
        ),
        plot=curves(
            np.array(progress.taken), {"descent": np.array(errors), "best": np.full(len(errors), best)}, x_title="step",
            y_log=True, room=60, colours={"descent": SERIES[1], "best": ACCENT},
        ).update_yaxes(exponentformat="power"),
        height=260,
        half=True,
    )  # fmt: skip
