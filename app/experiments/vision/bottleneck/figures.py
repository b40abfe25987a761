"""Three figures of the bottleneck: directions by block, the size of two blocks, and the loss."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.bottleneck.run import BASIC, WIDE, BottleneckResult
from app.experiments.vision.loss_figure import loss_figure
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.marks import reference_line
from visualizers.outcomes import outcomes
from visualizers.theme import ACCENT, INK_3, SERIES, note

ALONE, TOGETHER = "one block", "sum so far"
COLOURS = {TOGETHER: ACCENT, ALONE: SERIES[1]}


def figures(result: BottleneckResult, metrics: Measurements) -> Figures:
    return {
        "directions": _directions(result, metrics),
        "weights": _weights(result, metrics),
        "loss": loss_figure(
            result.losses,
            result.controls.steps,
            f"After {metrics['steps']:.0f} steps {metrics['held_out_accuracy']:.0%} of the held-out digits are named.",
            height=170,
        ),
    }


def _directions(result: BottleneckResult, metrics: Measurements) -> Figure:
    width, C = metrics["width_inside"], result.controls.channels
    lines = {TOGETHER: result.together.numpy(), ALONE: result.alone.numpy()}
    x = np.arange(1, result.controls.blocks + 1)
    drawn = curves(x, lines, x_title="block", y_range=(0, 1.06 * C), markers=True, colours=COLOURS, room=84)
    drawn.update_xaxes(dtick=1, range=[0.8, float(x[-1])])
    for height, says in ((width, f"inside: {width:.0f}"), (C, f"C: {C}")):
        drawn.add_shape(reference_line(y=height))
        drawn.add_annotation(**note(0.01, height, says, xref="paper", xanchor="left", yanchor="bottom"))
    return Figure(
        title="Directions in which the blocks write (effective rank)",
        caption=(
            "{trace:one block|One block alone} stays below its channels inside."
            " {trace:sum so far|The sum of all blocks so far} fills more."
        ),
        text=(
            f"No block alone has an effective rank above {metrics['largest_effective_rank_of_a_block']:.1f}; the sum of"
            f" all {result.controls.blocks} has {metrics['effective_rank_of_the_sum']:.1f} of {C}."
        ),
        plot=drawn,
        height=300,
        sources=[Plotted(result.together, trace=TOGETHER), Plotted(result.alone, trace=ALONE)],
    )


def _weights(result: BottleneckResult, metrics: Measurements) -> Figure:
    names = [f"bottleneck, {WIDE} channels", f"basic, {BASIC} channels", f"basic, {WIDE} channels"]
    counts = [metrics["bottleneck_weights_at_256"], metrics["basic_weights_at_64"], metrics["basic_weights_at_256"]]
    return Figure(
        title="Weights of one block, millions",
        caption="A bottleneck on 256 channels has fewer weights than two 3×3 convolutions on 64.",
        text=(
            f"The bottleneck on {WIDE} channels has {number(counts[0])} weights, the basic block on {BASIC} has"
            f" {number(counts[1])}, and the basic block on {WIDE} has {number(counts[2])}."
        ),
        plot=outcomes(
            {"millions": [count / 1e6 for count in counts]}, names, colours=(ACCENT, SERIES[1], INK_3), room=150
        ),
        height=170,
        half=True,
    )
