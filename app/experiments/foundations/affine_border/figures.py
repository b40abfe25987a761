"""The border over the held-out points, and how three forms of the layer learn."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.affine_border.run import EVERY, REACH, SIDE, BorderResult
from app.provenance.origin import Plotted
from visualizers.border import border
from visualizers.curve import apart, curves

SHORT = {"1 (a bias)": "bias", "the length of x": "length", "nothing": "no bias"}


def figures(result: BorderResult, metrics: Measurements) -> Figures:
    return {"border": _border(result, metrics), "learning": _learning(result, metrics)}


def _border(result: BorderResult, metrics: Measurements) -> Figure:
    points, c = result.held_out, result.controls
    names = ("near cluster", "far cluster") if c.data == "two clusters on a ray" else ("cluster", "ring")
    near, far = points.x[points.far == 0].numpy(), points.x[points.far == 1].numpy()
    return Figure(
        title="Held-out points and the learned border",
        caption=(
            f"{{trace:{names[0]}|{names[0]}}}, {{trace:{names[1]}|{names[1]}}}, and the {{ink|border}}, where"
            " the score is 0. The + is the origin."
        ),
        text=(
            f"{metrics['held_out_accuracy']:.1%} of the held-out points lie on the correct side. The score at the"
            f" origin is {metrics['score_at_the_origin']:.3g}."
        ),
        plot=border(near, far, result.used.scores.view(SIDE, SIDE).numpy(), REACH, names=names),
        height=400,
    )


def _learning(result: BorderResult, metrics: Measurements) -> Figure:
    lines = {SHORT[name]: form.accuracies for name, form in result.forms.items()}
    steps = EVERY * np.arange(len(result.used.accuracies))
    drawn = curves(
        steps,
        {name: 100 * line.numpy() for name, line in lines.items()},
        x_title="training step",
        y_range=(0, 104),
        room=64,
    )
    return Figure(
        title="Held-out points on the correct side, %",
        caption="The same network three times: its third weight multiplies 1, the length of x, or does not exist.",
        text=(
            f"{metrics['accuracy_with_a_bias']:.1%} of the points end on the correct side with a bias,"
            f" {metrics['accuracy_with_the_length']:.1%} with the length of x in its place, and"
            f" {metrics['accuracy_without']:.1%} without a third weight."
        ),
        plot=apart(drawn, 190),
        height=250,
        sources=[Plotted(line, trace=name, unit=100) for name, line in lines.items()],
    )
