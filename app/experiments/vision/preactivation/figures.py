"""Three figures of the clean path: gradients by block, the sum of branches, and the loss."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.loss_figure import loss_figure
from app.experiments.vision.preactivation.run import PreactivationResult
from app.provenance.origin import Plotted
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, INK_3, SERIES

START, NOW = "at the start", "now"
STATE, SUM = "what the block reads", "input + branches"


def figures(result: PreactivationResult, metrics: Measurements) -> Figures:
    return {
        "gradients": _gradients(result, metrics),
        "sums": _sums(result, metrics),
        "loss": _loss(result, metrics),
    }


def _gradients(result: PreactivationResult, metrics: Measurements) -> Figure:
    start, now = result.progress.snapshots[0], result.progress.newest
    x = np.arange(1, result.controls.blocks + 2)
    relative = {name: (one.gradients / one.gradients[-1]).numpy() for name, one in ((START, start), (NOW, now))}
    lowest = min(np.nanmin(np.where(line > 0, line, np.nan)) for line in relative.values())
    highest = max(float(np.nanmax(line)) for line in relative.values())
    bounds = (min(-1.0, np.floor(np.log10(max(lowest, 1e-12)))), max(1.0, np.ceil(np.log10(max(highest, 1e-12)))))
    drawn = curves(
        x, relative, x_title="block", y_log=True, markers=True, colours={START: INK_3, NOW: ACCENT}, room=92,
        y_range=bounds,
    )  # fmt: skip
    drawn.update_yaxes(exponentformat="power", dtick=1)
    return Figure(
        title="Gradient at the input of each block, relative to that behind the last",
        caption=(
            "Read from right to left: the way the gradient travels. With a clean path it does not shrink;"
            " {trace:at the start|before training} and {trace:now|now}."
        ),
        text=(
            f"At the start the gradient at the first block is {metrics['gradient_ratio_at_start']:.3g} times that"
            f" behind the last block; after {metrics['steps']:.0f} steps, {metrics['gradient_ratio_now']:.3g} times."
        ),
        plot=apart(drawn, 240) if np.isfinite(bounds).all() else drawn,
        height=300,
    )


def _sums(result: PreactivationResult, metrics: Measurements) -> Figure:
    now = result.progress.newest
    x = np.arange(1, result.controls.blocks + 2)
    lines = {STATE: now.sizes.numpy(), SUM: now.sums.numpy()}
    top = 1.1 * max(float(line.max()) for line in lines.values())
    drawn = curves(x, lines, x_title="block", y_range=(0, top), colours={STATE: ACCENT, SUM: SERIES[1]}, room=124)
    drawn.update_xaxes(range=[1, float(x[-1])])
    return Figure(
        title="Length of what each block reads",
        caption=(
            "{trace:what the block reads|The state} and {trace:input + branches|the first input plus all branches so"
            " far}: one line if nothing else stands on the path."
        ),
        text=(
            "The state equals the first input plus all branches, up to rounding."
            if metrics["sum_error"] < 1e-5
            else f"The state and the first input plus all branches differ by up to {metrics['sum_error']:.1%} of the"
            " largest number in the last state."
        ),
        plot=apart(drawn, 160),
        height=220,
        half=True,
        sources=[Plotted(now.sizes, trace=STATE), Plotted(now.sums, trace=SUM)],
    )


def _loss(result: PreactivationResult, metrics: Measurements) -> Figure:
    reached = (
        f"{metrics['training_accuracy']:.0%} of the training digits are named."
        if "training_accuracy" in metrics
        else f"the loss is {metrics['loss_nats']:.2f} nats per digit."
    )
    text = f"After {metrics['steps']:.0f} steps {reached}"
    return loss_figure(result.losses, result.controls.steps, text, height=220)
