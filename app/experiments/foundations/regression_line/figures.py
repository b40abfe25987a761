"""A line with the squares of its errors, the loss by step, and how far one outlier moves the slope."""

import math

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.regression_line.run import INTERCEPT, LOSSES, SETS, SLOPE, RegressionLineResult
from app.provenance.origin import Plotted, computed
from models.linear.line_fit import Line, predicted
from visualizers.curve import curves, mark_x
from visualizers.residuals import residual_squares
from visualizers.theme import ACCENT, INK_3

SHOWN = (0, 1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 50, 80, 120)
YOURS, ABSOLUTE = "your loss", "absolute error"


def figures(result: RegressionLineResult, metrics: Measurements) -> Figures:
    return {
        "line": _line(result, metrics),
        "loss": _loss(result, metrics),
        "outlier": _outlier(result, metrics),
    }


def _line(result: RegressionLineResult, metrics: Measurements) -> Figure:
    last = len(result.path) - 1
    shown = sorted({step for step in SHOWN if step <= last} | {last})
    x, y = result.x.numpy(), result.y.numpy()
    lines = np.array([[result.path[step].slope, result.path[step].intercept] for step in shown])
    return Figure(
        title="Each error as a square",
        caption=(
            "The squared error is smallest for {trace:line|the line} whose {trace:squared errors|squares} have the"
            " smallest mean area. {trace:true line|Dashed}: the line that the points were made by."
        ),
        text=(
            f"After {last} steps the slope is {metrics['fitted_slope']:.2f}; the points were made with {SLOPE:g}."
        ),
        plot=residual_squares(
            x, y, lines, frames=[str(step) for step in shown], start=len(shown) - 1,
            window=(-5.2, 5.2, -5.0, max(5.5, math.ceil(float(y.max())) + 0.5)), truth=(SLOPE, INTERCEPT),
        ),
        height=430,
        steps="step",
        start=len(shown) - 1,
    )  # fmt: skip


def _loss(result: RegressionLineResult, metrics: Measurements) -> Figure:
    slope, intercept = (torch.stack(values) for values in zip(*result.path, strict=True))
    says = computed(predicted, line=Line(slope, intercept), x=result.x)
    loss = computed(LOSSES[result.controls.loss], prediction=says, target=result.y.expand_as(says.tensor))
    return Figure(
        title=f"Loss by step: {result.controls.loss}",
        caption="The mean over the forty points. It cannot reach zero: the points do not lie on one line.",
        text=(
            f"The loss falls from {metrics['loss_at_the_start']:.3f} to {metrics['loss_at_the_end']:.3f} in"
            f" {len(result.path) - 1} steps."
        ),
        plot=curves(
            np.arange(len(result.loss)), {"loss": result.loss.numpy()}, x_title="step", colours={"loss": ACCENT},
            room=48, y_range=(0, 1.05 * float(result.loss.max())), markers=len(result.loss) == 1,
        ),
        height=280,
        half=True,
        sources=[Plotted(loss, trace="loss")] if result.controls.loss in ("squared error", "absolute error") else (),
    )  # fmt: skip


def _outlier(result: RegressionLineResult, metrics: Measurements) -> Figure:
    yours = YOURS if result.controls.loss != "absolute error" else "your loss, the same"
    plot = curves(
        result.sizes,
        {yours: result.shift.numpy(), ABSOLUTE: result.shift_absolute.numpy()},
        x_title="outlier, distance above the line",
        markers=True,
        y_range=(-0.03, 1.1 * max(0.2, float(result.shift.max()), float(result.shift_absolute.max()))),
        colours={yours: ACCENT, ABSOLUTE: INK_3},
    ).update_xaxes(range=[-0.7, 20.7])
    return Figure(
        title="How far one outlier moves the slope",
        caption=f"One of forty points rises: {{trace:{yours}|your loss}} and the {{trace:{ABSOLUTE}|absolute one}}.",
        text=(
            f"On average over {SETS} sets, a point lifted by 10 moves the slope by"
            f" {metrics['slope_shift_by_10']:.2f} with your loss and by"
            f" {metrics['slope_shift_by_10_absolute_error']:.2f} with the absolute error."
        ),
        plot=mark_x(plot, result.controls.outlier, "yours") if result.controls.outlier else plot,
        height=280,
        half=True,
    )
