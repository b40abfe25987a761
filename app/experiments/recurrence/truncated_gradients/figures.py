"""Two figures of truncation: how far the loss reaches back, and what is learned for it."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.truncated_gradients.run import BEFORE, COMPARED, TruncationResult
from visualizers.curve import apart, curves
from visualizers.reach import reach
from visualizers.theme import ACCENT, INK_3, SERIES

HEIGHT, EDGE = 260, 50


def figures(result: TruncationResult, metrics: Measurements) -> Figures:
    return {"reach": _reach(result, metrics), "accuracy": _accuracy(result, metrics)}


def _reach(result: TruncationResult, metrics: Measurements) -> Figure:
    shown, lag = result.progress.shown, result.controls.lag
    steps = np.arange(-BEFORE - lag, 1)
    relative = lambda part: np.stack([(getattr(one, part) / one.whole[-1]).numpy() for one in shown])
    names = [f"step {taken}" for taken in result.progress.shown_steps]
    return Figure(
        title="Gradient of the loss at each earlier step",
        caption=(
            "{trace:gradient that is used|Bars}: the gradient that the update uses. {trace:whole gradient|Line}: the"
            " whole gradient, without truncation. Where there is no bar, the update gets nothing from that step. Both"
            " are divided by the gradient at the question."
        ),
        text=(
            f"The gradient covers {metrics['steps_reached']:.0f} steps; the cue lies {lag} back. There it is"
            f" {metrics['gradient_at_cue_over_question']:.3g} times as large as at the question."
        ),
        plot=reach(steps, relative("cut"), relative("whole"), marks={"cue": -lag, "question": 0}, frames=names),
        height=HEIGHT + 20,
        steps="training" if len(shown) > 1 else "",
        start=len(shown) - 1,
    )


def _accuracy(result: TruncationResult, metrics: Measurements) -> Figure:
    lines = {
        f"after {steps} steps": (progress.taken, [one.accuracy for one in progress.snapshots])
        for steps, progress in result.compared.items()
    }
    own = (result.progress.taken, [one.accuracy for one in result.progress.snapshots])
    yours = "yours"
    grid = result.progress.taken
    drawn = {name: np.array(values)[: len(grid)] for name, (_, values) in lines.items()} | {yours: np.array(own[1])}
    others = (
        f" Truncated after {COMPARED[0]} steps, {metrics[f'accuracy_truncated_after_{COMPARED[0]}']:.0%}."
        if result.compared
        else ""
    )
    plot = curves(
        grid, drawn, x_title="training step", y_range=(0, 1.06), room=104, markers=True,
        colours={yours: ACCENT} | {name: (SERIES[1], INK_3, SERIES[2])[n] for n, name in enumerate(lines)},
    )  # fmt: skip
    return Figure(
        title=f"Accuracy {result.controls.asked} steps after the cue",
        caption=(
            "Equally many updates on the same texts, truncated after 5, 15 or 25 steps. {trace:yours|Yours}: as set"
            " above. Chance is 25 %."
        ),
        text=f"Of held-out questions, {metrics['accuracy']:.0%} are answered rightly.{others}",
        plot=apart(plot, HEIGHT - EDGE),
        height=HEIGHT,
    )
