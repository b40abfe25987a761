"""The band of many passes over its points, and the mean band by the number of points beside the exact one."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.other.dropout_bands.run import BANDS, INPUTS, SIZES, DropoutBandsResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.bayesian.mc_dropout import band, mean_curve
from models.data.noisy_curve import curve
from visualizers.curve import curves
from visualizers.curve_bands import Band, band_widths, curve_bands
from visualizers.marks import reference_line
from visualizers.theme import SERIES

PASSES, EXACT = "passes", "exact last layer"
SINGLE = 25
"""Passes that are drawn as curves of their own."""


def figures(result: DropoutBandsResult, metrics: Measurements) -> Figures:
    return {
        "band": _band(result, metrics),
        "sizes": _sizes(result, metrics),
        "width": _width(result, metrics),
    }


def _band(result: DropoutBandsResult, metrics: Measurements) -> Figure:
    c, newest = result.controls, result.progress.newest
    shown = SIZES.index(c.points)
    passes, given = newest.curves[:, shown], result.given[shown]
    middle = mean_curve(passes)
    done = "" if result.progress.done else f" (step {result.progress.step})"
    return Figure(
        title=f"{c.passes} passes through a network trained on {number(c.points)} points{done}",
        caption=(
            "{trace:single curves|Thin}: single passes. {trace:passes|Thick}: their mean, with a band of two standard"
            " deviations. {trace:truth|Dotted}: the true curve."
        ),
        text=(
            f"At {number(c.points)} points the passes deviate from their mean by"
            f" {metrics[f'band_of_{c.points}_points']:.3f} on average (one standard deviation). The mean curve is off"
            f" by {metrics['error_of_mean_curve']:.3f}. The band holds the true curve at"
            f" {metrics['truth_in_band_percent']:.0f} % of the inputs drawn."
        ),
        plot=curve_bands(
            INPUTS.numpy(), {PASSES: Band(middle.numpy(), BANDS * band(passes).numpy())},
            points=torch.stack(list(given), 1).numpy(), truth=curve(INPUTS).numpy(), single=passes[:SINGLE].numpy(),
            y_range=(-2.2, 2.2),
        ),
        height=360,
        sources=[Plotted(Computed(middle, mean_curve, {"curves": passes}), trace=PASSES)],
    )  # fmt: skip


def _sizes(result: DropoutBandsResult, metrics: Measurements) -> Figure:
    newest = result.progress.newest
    lines = {PASSES: band(newest.curves).mean(-1), EXACT: newest.exact.mean(-1)}
    places = np.arange(len(SIZES))
    drawn = curves(
        places, {name: line.numpy() for name, line in lines.items()}, x_title="points to learn from", markers=True,
        room=12, colours={PASSES: SERIES[0], EXACT: SERIES[1]},
        y_range=(0, max(0.2, 1.1 * float(torch.stack(list(lines.values())).max()))),
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(tickmode="array", tickvals=places.tolist(), ticktext=list(map(number, SIZES)))
    drawn.add_shape(reference_line(x=SIZES.index(result.controls.points)))
    return Figure(
        title="Mean width of the band (one standard deviation)",
        caption=(
            "{trace:passes|The passes}, and {trace:exact last layer|the exact posterior of the last layer} on the same"
            " features. Vertical line: the size shown above."
        ),
        text=(
            f"From 20 to {number(SIZES[-1])} points the band of the passes goes from {metrics['band_of_20_points']:.3f}"
            f" to {metrics['band_of_1280_points']:.3f}; the exact one becomes {metrics['exact_band_shrinks']:.1f} times"
            " narrower."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _width(result: DropoutBandsResult, metrics: Measurements) -> Figure:
    c, newest = result.controls, result.progress.newest
    shown = SIZES.index(c.points)
    widths = {PASSES: band(newest.curves[:, shown]), EXACT: newest.exact[shown]}
    top = max(0.2, 1.1 * float(torch.stack(list(widths.values())).max()))
    return Figure(
        title=f"Band over x, at {number(c.points)} points",
        caption=(
            "{trace:passes|The passes} and {trace:exact last layer|the exact last layer}, one standard deviation."
            " Fewer passes make the first rougher."
        ),
        text=(
            f"The band of the passes is {metrics['band_over_exact']:.1f} times the exact one."
            + (
                f" With {c.passes} other passes it would be {metrics['chance_left_in_band_percent']:.1f} % off (one"
                " standard deviation)."
                if metrics["band_over_exact"] > 0
                else ""
            )
        ),
        plot=band_widths(INPUTS.numpy(), {name: width.numpy() for name, width in widths.items()}, y_range=(0, top)),
        height=300,
        half=True,
        sources=[
            Plotted(widths[PASSES], trace=PASSES),
            Plotted(widths[EXACT], trace=EXACT),
        ],
    )
