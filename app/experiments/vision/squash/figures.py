"""Two figures of squash: the curve of lengths with the capsules on it, and ten lengths before and after."""

import numpy as np
import plotly.graph_objects as go
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.squash.run import DOTS, FORMS, SquashResult
from app.provenance.origin import Computed, Plotted, computed
from models.convolution.capsule_network import lengths_of
from visualizers.distribution import bars
from visualizers.dots_on_curve import dots_on_curve
from visualizers.theme import ACCENT, INK_3, SERIES

RIGHT, WRONG = "right capsule", "longest wrong capsule"


def figures(result: SquashResult, metrics: Measurements) -> Figures:
    return {
        "curve": _curve(result, metrics),
        "before": _before(result, metrics),
        "after": _after(result, metrics),
    }


def _curve(result: SquashResult, metrics: Measurements) -> Figure:
    groups = {RIGHT: result.right[:DOTS].numpy(), WRONG: result.wrong[:DOTS].numpy()}
    highest = max(1.12, 1.05 * float(np.nanmax(np.concatenate([group[:, 1] for group in groups.values()] + [[0.0]]))))
    return Figure(
        title="Length of a capsule after the nonlinearity, over its length before",
        caption=(
            "Held-out digits: {trace:right capsule|their right capsules} and {trace:longest wrong capsule|the longest"
            " wrong ones}. Squash pushes short vectors down and lets long ones end below 1."
        ),
        text=(
            f"On average the right capsule’s length goes from {metrics['right_length_before']:.2f} to"
            f" {metrics['right_length']:.2f}, that of the longest wrong one from {metrics['wrong_length_before']:.2f}"
            f" to {metrics['wrong_length']:.2f}."
        ),
        plot=dots_on_curve(
            result.lengths_in.numpy(),
            result.lengths_out.numpy(),
            groups,
            colours={RIGHT: ACCENT, WRONG: SERIES[1]},
            name="curve",
            x_title="length before",
            y_range=(0, highest),
            limit=1.0,
        ),
        height=300,
    )


def _bars(lengths: torch.Tensor, top: float) -> go.Figure:
    best = int(lengths.argmax())
    return bars(
        lengths.numpy(),
        labels=[str(digit) for digit in range(10)],
        x_title="digit",
        y_range=(0, top),
        colours=[ACCENT if digit == best else INK_3 for digit in range(10)],
        write=False,
    )


def _before(result: SquashResult, metrics: Measurements) -> Figure:
    lengths = computed(lengths_of, v=result.sums[None])
    return Figure(
        title="Ten capsules of the digit, before",
        caption="Length of the weighted sum of votes.",
        text=f"Before the nonlinearity, the longest capsule of your digit is {lengths.tensor.max():.2f} long.",
        plot=_bars(lengths.tensor[0], 1.15 * float(lengths.tensor.max())),
        height=230,
        half=True,
        sources=[Plotted(lengths, lambda lengths: lengths[0])],
    )


def _after(result: SquashResult, metrics: Measurements) -> Figure:
    form = FORMS[result.controls.form]
    v = Computed(result.outputs[None], form, {"s": result.sums[None]})
    lengths = computed(lengths_of, v=v)
    return Figure(
        title="Ten capsules of the digit, after",
        caption="What is compared to name the digit.",
        text=f"Afterwards it is {metrics['longest']:.2f} long, the next {metrics['second_longest']:.2f}.",
        plot=_bars(lengths.tensor[0], 1.15 * max(1.0, float(lengths.tensor.max()))),
        height=230,
        half=True,
        sources=[Plotted(lengths, lambda lengths: lengths[0])],
    )
