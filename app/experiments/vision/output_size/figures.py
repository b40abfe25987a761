"""The windows over the pixels, how the output's side grows with the input's, and what a network learns of a label."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.output_size.run import OutputSizeResult
from models.convolution.convolution import output_size
from models.data.bright_column import SIDE
from visualizers.curve import apart, curves, mark_x
from visualizers.grids import Grid, laid_windows
from visualizers.theme import ACCENT, INK_3

SIDES = range(5, 17)


def figures(result: OutputSizeResult, metrics: Measurements) -> Figures:
    return {
        "windows": _windows(result, metrics),
        "learning": _learning(result, metrics),
        "sides": _sides(result, metrics),
    }


def _windows(result: OutputSizeResult, metrics: Measurements) -> Figure:
    c = result.controls
    left, _, top, _ = c.pads
    image = Grid(result.counts.numpy(), (0, 0), "windows that read each pixel", written="%{z:.0f}")
    size = f"output, {result.height}×{result.width}"
    output = Grid(np.ones((result.height, result.width)), (SIDE + 1.5 + max(c.pads), 0), size, high=5)
    unread = int(metrics["unread_pixels"])
    return Figure(
        title=f"{result.height}×{result.width} windows over 8×8 pixels",
        caption=(
            "The frame is the window that makes the framed cell of the output."
            + (" Pixels with 0 are read by no window." if unread else " Every pixel is read.")
        ),
        text=(
            f"The output has {result.height} rows and {result.width} columns. Of 64 pixels, {unread} are read by no"
            " window."
        ),
        plot=laid_windows(
            image, output, corner=(-top, -left), stride=c.stride, reach=c.dilation * (c.kernel - 1) + 1,
            label_column=c.column,
        ),
        height=330,
        steps="window",
        start=result.height * result.width - 1,
    )  # fmt: skip


def _learning(result: OutputSizeResult, metrics: Measurements) -> Figure:
    progress = result.progress
    drawn = curves(
        np.array(progress.taken),
        {"accuracy": np.array(progress.snapshots), "chance": np.full(len(progress.taken), 0.5)},
        x_title="training step",
        y_range=(0.3, 1.05),
        colours={"accuracy": ACCENT, "chance": INK_3},
        room=68,
    ).update_yaxes(tickformat=".0%")
    return Figure(
        title=f"A network of these windows learns a label in column {result.controls.column}",
        caption="The label’s column, framed above, has ink in one of two classes.",
        text=(
            f"After {progress.step} steps the network is right in {metrics['accuracy']:.0%} of held-out images;"
            f" {metrics['unread_label_pixels']:.0f} of the label’s 8 pixels are read by no window."
        ),
        plot=apart(drawn, 170),
        height=240,
        half=True,
    )


def _sides(result: OutputSizeResult, metrics: Measurements) -> Figure:
    c = result.controls
    sides = np.array(SIDES)
    rows = np.array([max(output_size(N, c.kernel, c.stride, c.padding, c.dilation), 0) for N in SIDES], dtype=float)
    drawn = curves(
        sides, {"output": rows}, x_title="side of the input", room=58, markers=True, y_range=(0, rows.max() + 1)
    )
    drawn.data[0].line.shape = "hv"
    return Figure(
        title="Side of the output",
        caption="Where the line is level, another row of input adds no row of output: the stride does not fit.",
        text=f"At a side of 8 the formula gives {output_size(SIDE, c.kernel, c.stride, c.padding, c.dilation)}.",
        plot=mark_x(drawn, SIDE, "8"),
        height=240,
        half=True,
    )
