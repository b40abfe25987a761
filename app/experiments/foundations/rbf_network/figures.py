"""The fit as a sum of bumps, and what their width does to the error and to the interpolation matrix."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.rbf_network.run import GRID, WIDTHS, RbfNetworkResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.approximation.rbf import bumps, output
from models.data.clustered_inputs import curve
from visualizers.bump_sum import bump_sum
from visualizers.curve import curves, mark_x
from visualizers.theme import ACCENT, SERIES

TICKS = {"tickvals": [0.01, 0.03, 0.1, 0.3], "ticktext": ["0.01", "0.03", "0.1", "0.3"]}


def figures(result: RbfNetworkResult, metrics: Measurements) -> Figures:
    return {"fit": _fit(result, metrics), "width": _width(result, metrics), "condition": _condition(result, metrics)}


def _fit(result: RbfNetworkResult, metrics: Measurements) -> Figure:
    h = Computed(result.shown, bumps, {"x": GRID, "c": result.centres, "sigma": result.controls.width})
    fit = Computed(result.fit, output, {"h": h, "v": result.weights})
    return Figure(
        title=f"{result.controls.bumps} weighted bumps and their sum",
        caption=(
            "Dots: data, in three clusters. {accent|The sum} is right where there is data and centres; elsewhere it"
            " falls to 0. Triangles: centres, each with its weighted bump."
        ),
        text=(
            f"On held-out inputs the error is {metrics['error']:.2g}; with evenly spaced centres it is"
            f" {metrics['even_error']:.2g}."
        ),
        plot=bump_sum(
            GRID.numpy(), (result.shown * result.weights).numpy(), result.fit.numpy(), curve(GRID).numpy(),
            (result.x.numpy(), result.targets.numpy()), result.centres.numpy(),
        ),
        height=330,
        sources=[Plotted(fit, trace="sum")],
    )  # fmt: skip


def _width(result: RbfNetworkResult, metrics: Measurements) -> Figure:
    drawn = curves(
        np.array(WIDTHS), {"error": np.array(result.by_width)}, x_title="width of a bump σ", x_log=True, markers=True,
        room=48, colours={"error": ACCENT}, y_range=(0, 1.1 * max(result.by_width)),
    ).update_xaxes(TICKS)  # fmt: skip
    return Figure(
        title="Error on held-out inputs, by width",
        caption="Too narrow: gaps between the bumps. Too wide: the sum is too smooth, in part through the ridge.",
        text=(
            f"The error is {metrics['error_of_narrow_bumps']:.2g} at a width of"
            f" 0.01 and {metrics['error_of_wide_bumps']:.2g} at 0.5."
        ),
        plot=mark_x(drawn, result.controls.width, "yours"),
        height=250,
        half=True,
    )


def _condition(result: RbfNetworkResult, metrics: Measurements) -> Figure:
    drawn = curves(
        np.array(WIDTHS), {"condition": np.minimum(result.conditions, 1e20)}, x_title="width of a bump σ", x_log=True,
        y_log=True, markers=True, room=66, colours={"condition": SERIES[1]},
    ).update_xaxes(TICKS).update_yaxes(exponentformat="power")  # fmt: skip
    return Figure(
        title="Condition number of the interpolation matrix",
        caption="Wide bumps are nearly alike. Small errors in the data then change the weights a lot.",
        text=(
            f"The condition number is {number(round(metrics['condition_number_of_narrow_bumps']))} at a width of"
            f" 0.01 and {number(round(metrics['condition_number_of_wide_bumps']))} at 0.5."
        ),
        plot=mark_x(drawn, result.controls.width, "yours"),
        height=250,
        half=True,
    )
