"""Two figures of depth: the loss of both networks, and what each loses with one of its blocks."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.deep_digits import smoothed_steps
from app.experiments.vision.residual_depth.run import ResidualDepthResult
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.marks import left_empty, reference_line
from visualizers.theme import ACCENT, SERIES, note

RESIDUAL, PLAIN = "residual", "plain"
COLOURS = {RESIDUAL: ACCENT, PLAIN: SERIES[1]}
CHANCE_NATS = float(np.log(10))


def figures(result: ResidualDepthResult, metrics: Measurements) -> Figures:
    return {"loss": _loss(result, metrics), "removed": _removed(result, metrics)}


def _loss(result: ResidualDepthResult, metrics: Measurements) -> Figure:
    lines = {RESIDUAL: result.residual_losses.numpy(), PLAIN: result.plain_losses.numpy()}
    steps = smoothed_steps(len(result.residual_losses)).numpy()
    drawn = curves(steps, lines, x_title="step", y_range=(0, 3.2), colours=COLOURS, room=72)
    drawn.update_xaxes(range=[0, result.controls.steps])
    drawn.add_shape(reference_line(y=CHANCE_NATS))
    drawn.add_annotation(**note(0.99, CHANCE_NATS, "guessing", xref="paper", xanchor="right", yanchor="bottom"))
    return Figure(
        title="Training loss, nats per digit",
        caption=(
            "{trace:residual|With skip connections} the loss falls; {trace:plain|the same layers without} learn"
            " far more slowly. Both see the same batches."
        ),
        text=(
            f"After {metrics['steps']:.0f} steps the residual network names"
            f" {metrics['residual_training_accuracy']:.0%} of the training digits, the plain one"
            f" {metrics['plain_training_accuracy']:.0%}."
        ),
        plot=drawn,
        height=300,
        sources=[Plotted(result.residual_losses, trace=RESIDUAL), Plotted(result.plain_losses, trace=PLAIN)],
    )


def _removed(result: ResidualDepthResult, metrics: Measurements) -> Figure:
    count = result.controls.depth // 2
    done = result.progress.done
    nothing = np.full(count, np.nan)
    lines = {
        RESIDUAL: result.residual_without.numpy() if done else nothing,
        PLAIN: result.plain_without.numpy() if done else nothing,
    }
    drawn = curves(
        np.arange(1, count + 1), lines, x_title="block left out", y_range=(0, 1.05), markers=True, colours=COLOURS,
        room=72,
    )  # fmt: skip
    if not done:
        for trace in drawn.data:
            left_empty(trace)
    drawn.update_yaxes(tickformat=".0%")
    drawn.add_shape(reference_line(y=0.1))
    drawn.add_annotation(**note(0.01, 0.1, "guessing", xref="paper", xanchor="left", yanchor="top"))
    return Figure(
        title="Held-out accuracy without one block",
        caption="After training, one block is left out at a time. Nothing is trained again.",
        text=(
            f"The residual network names {metrics['residual_held_out_accuracy']:.0%} of held-out digits as a whole and"
            f" {metrics['residual_accuracy_without_a_block']:.0%} without one block, on average; the plain one"
            f" {metrics['plain_held_out_accuracy']:.0%} and {metrics['plain_accuracy_without_a_block']:.0%}."
            if done
            else "Drawn when training is over."
        ),
        plot=drawn,
        height=260,
        sources=[
            Plotted(result.residual_without, trace=RESIDUAL),
            Plotted(result.plain_without, trace=PLAIN),
        ]
        if done
        else (),
    )
