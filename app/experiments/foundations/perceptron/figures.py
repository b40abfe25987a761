"""A line moved by its mistakes, mistakes by pass, and what averaging the lines gains where labels are wrong."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.perceptron.run import HELD_OUT, POINTS, SETS, PerceptronResult
from app.provenance.origin import Computed, Plotted
from models.linear.perceptron import mean_accuracy
from visualizers.class_map import moving_line
from visualizers.curve import apart, curves
from visualizers.distribution import bars
from visualizers.theme import ACCENT, SERIES

MOST_FRAMES, REACH = 40, 3.2
LAST, AVERAGE = "last line", "average line"
HEIGHT, EDGES = 280, 50  # of the last figure, and what its axis and margins take


def figures(result: PerceptronResult, metrics: Measurements) -> Figures:
    return {
        "line": _line(result, metrics),
        "moves": _moves(result, metrics),
        "average": _average(result, metrics),
    }


def times(count: float) -> str:
    return {0: "not once", 1: "once"}.get(int(count), f"{count:g} times")


def _line(result: PerceptronResult, metrics: Measurements) -> Figure:
    x, given = result.points.x[0].numpy(), result.given.numpy()
    shown = min(len(result.path), MOST_FRAMES)
    lines = np.concatenate([np.zeros((1, 3)), result.path[:shown].numpy()])
    missed = np.concatenate([np.full((1, 2), np.nan), x[result.missed[:shown].numpy()]])
    more = f" The first {shown} are shown." if len(result.path) > shown else ""
    return Figure(
        title="Each mistake moves the line",
        caption=(
            "{trace:line|The line} after each mistake, and {trace:line before|where it was before}. The ring is the"
            " point that was on the wrong side. The arrow points to the side answered {trace:+1|+1}; the other is"
            " answered {trace:−1|−1}."
        ),
        text=(
            f"The line moved {times(len(result.path))} in {len(result.moves)} passes over {POINTS} points, and"
            f" {times(metrics['moves_in_the_last_pass'])} in the last pass.{more}"
        ),
        plot=moving_line(
            {"−1": x[given < 0], "+1": x[given > 0]}, lines, missed,
            frames=[str(number) for number in range(shown + 1)], start=shown, reach=REACH,
        ),
        height=430,
        steps="mistake",
        start=shown,
    )  # fmt: skip


def _moves(result: PerceptronResult, metrics: Measurements) -> Figure:
    count = result.moves.numpy()
    return Figure(
        title="Moves of the line in each pass",
        caption="Each pass shows all points once. After a pass without a move, nothing will ever move the line again.",
        text=(
            f"The line moved {times(metrics['moves_in_the_first_pass'])} in the first pass and"
            f" {times(metrics['moves_in_the_last_pass'])} in pass {len(count)}."
        ),
        plot=bars(count, labels=[str(number + 1) for number in range(len(count))], x_title="pass", colours=ACCENT,
                  y_range=(0, 1.15 * max(count.max(), 1))),
        height=280,
        half=True,
    )  # fmt: skip


def _average(result: PerceptronResult, metrics: Measurements) -> Figure:
    swept = result.swept
    plot = curves(
        swept.shares,
        {LAST: swept.accuracy_last.numpy(), AVERAGE: swept.accuracy_average.numpy()},
        x_title="labels flipped, share",
        y_range=(0.45, 1.02),
        markers=True,
        colours={LAST: SERIES[1], AVERAGE: ACCENT},
    )
    held_out = {"x": swept.held_out_x, "y": swept.held_out_y}
    return Figure(
        title="Held-out accuracy by share of flipped labels",
        caption=(
            f"Mean of {SETS} sets of points, judged by true labels: {{trace:{LAST}|the last line}} and the"
            f" {{trace:{AVERAGE}|average line}}."
        ),
        text=(
            f"With 10 % of the labels flipped, the last line is right on {metrics['accuracy_last_at_10_share']:.1%} of"
            f" {HELD_OUT} held-out points per set, the average of the lines on"
            f" {metrics['accuracy_average_at_10_share']:.1%}."
        ),
        plot=apart(plot, HEIGHT - EDGES).update_xaxes(range=[-0.01, 0.31]),
        height=HEIGHT,
        half=True,
        sources=[
            Plotted(Computed(swept.accuracy_last, mean_accuracy, {"w": swept.last, **held_out}), trace=LAST),
            Plotted(Computed(swept.accuracy_average, mean_accuracy, {"w": swept.average, **held_out}), trace=AVERAGE),
        ],
    )
