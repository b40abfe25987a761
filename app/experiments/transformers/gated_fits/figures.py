"""Errors of three kinds of network on two functions, where they err, and how they learned."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.gated_fits.run import GATED_HIDDEN, PLAIN_HIDDEN, RESTARTS, FitResult
from app.provenance.origin import Plotted
from visualizers.curve import apart, curves
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import tiles
from visualizers.theme import ACCENT, MARK

LOWEST = 1e-5
"""Errors below it are drawn there: the axis is logarithmic."""


def figures(result: FitResult, metrics: Measurements) -> Figures:
    return {"errors": _errors(result), "maps": _maps(result), "training": _training(result)}


def _errors(result: FitResult) -> Figure:
    functions, errors = (result.controls.smooth, result.controls.corner), result.progress.newest
    gated = result.kinds[-1]
    logs = (errors.clamp(min=LOWEST) / LOWEST).log10().flatten()
    plot = horizontal_bars(
        logs.numpy(), labels=[f"{function}: {kind}" for function in functions for kind in result.kinds], as_="",
        left=150, x_title="relative error", colours=[MARK, MARK, ACCENT] * 2,
    ).update_xaxes(range=[0, 6.2], tickvals=[0, 2, 4], ticktext=["0.00001", "0.001", "0.1"])  # fmt: skip
    for note, error in zip(plot.layout.annotations, errors.flatten().tolist(), strict=True):
        note.text = f"{error:.2g}"
    said = [
        f"on {function} the smallest is {result.kinds[int(row.argmin())]}’s, {row.min().item():.2g}, and the largest"
        f" {result.kinds[int(row.argmax())]}’s, {row.max().item():.2g}"
        for function, row in zip(functions, errors, strict=True)
    ]
    return Figure(
        title=f"Error on {functions[0]}, and on {functions[1]}",
        caption=f"{{accent|{gated}}} beside MLPs of equally many weights. Shorter is better; the axis is logarithmic.",
        text=f"Of the errors {said[0]}; {said[1]}.",
        plot=plot,
        height=270,
        sources=[Plotted(logs, trace="values")],
    )


def _maps(result: FitResult) -> Figure:
    c = result.controls
    largest = result.maps.amax(dim=(2, 3))  # (2, 3)
    return Figure(
        title="Where they err",
        caption=(
            "Each tile is the plane of x and y. Strong colour: a large error. ReLU errs along creases, a gated network"
            " along the corner."
        ),
        text=(
            f"On {c.corner}, the largest error at any point is {largest[1, 0]:.2g} standard deviations for ReLU and"
            f" {largest[1, 2]:.2g} for {result.kinds[-1]}."
        ),
        plot=tiles(result.maps.numpy(), row_labels=[c.smooth, c.corner], column_labels=result.kinds, high=0.5),
        height=300,
        half=True,
    )


def _training(result: FitResult) -> Figure:
    c, progress = result.controls, result.progress
    course = torch.stack(progress.snapshots).clamp(min=LOWEST)  # (S, 2, 3)
    gated = result.kinds[-1]
    lines = {
        f"{name}, {function}": course[:, row, at].numpy()
        for row, function in enumerate((c.smooth, c.corner))
        for at, name in ((0, "ReLU"), (2, gated))
    }
    over = (progress.newest[:, 2] / progress.newest[:, 0]).tolist()
    plot = curves(np.array(progress.taken), lines, x_title="training step", y_log=True, room=112)
    plot.update_xaxes(range=[0, progress.steps])
    plot.update_yaxes(range=[-4.6, 0.9], tickvals=[1, 0.1, 0.01, 0.001], ticktext=["1", "0.1", "0.01", "0.001"])
    return Figure(
        title="Relative error while they learn",
        caption=(
            f"Median of {RESTARTS} starts. {result.parameters} weights each: {PLAIN_HIDDEN} neurons in an MLP,"
            f" {GATED_HIDDEN} in a gated network."
        ),
        text=(
            f"After {progress.step} steps, {gated} has {over[0]:.2g} times the error of ReLU on {c.smooth} and"
            f" {over[1]:.2g} times on {c.corner}."
        ),
        plot=apart(plot, pixels=240),
        height=300,
        half=True,
        sources=[Plotted(torch.as_tensor(line), trace=name) for name, line in lines.items()],
    )
