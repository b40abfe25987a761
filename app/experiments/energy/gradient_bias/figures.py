"""The bias of CD-k over k, and what training with it comes to beside the exact gradient."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.gradient_bias.run import KS, GradientBiasResult
from app.experiments.energy.gradient_bias.trainings import CD_STEPS, HIDDEN, LONGEST, SIDE, TRAININGS
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.marks import reference_line
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, INK_3, SERIES, note

COLOURS = {"these chains": ACCENT, "from the data": SERIES[1], "fresh weights": INK_3}
FLOOR = 1e-3
"""Smaller biases are drawn no lower."""


def figures(result: GradientBiasResult, metrics: Measurements) -> Figures:
    return {
        "bias": _bias(result, metrics),
        "gradients": _gradients(result, metrics),
        "learned": _learned(result, metrics),
    }


def _bias(result: GradientBiasResult, metrics: Measurements) -> Figure:
    chosen = torch.tensor(KS) - 1
    lines = {name: bias[chosen].clamp_min(FLOOR) for name, bias in result.bias.items()}
    drawn = curves(
        list(KS), {name: line.numpy() for name, line in lines.items()}, x_title="steps per chain, k", x_log=True,
        y_log=True, markers=True, colours=COLOURS, room=104,
    )  # fmt: skip
    drawn.update_xaxes(tickmode="array", tickvals=list(KS), ticktext=list(map(str, KS)))
    top = max(1.0, float(torch.stack(list(lines.values())).max()))
    drawn.update_yaxes(range=[np.log10(FLOOR) - 0.1, np.log10(top) + 0.15], tickmode="array",
                       tickvals=[0.001, 0.01, 0.1, 1, 10], ticktext=["0.001", "0.01", "0.1", "1", "10"])  # fmt: skip
    drawn.add_shape(reference_line(x=result.controls.k))
    other = ""
    if "from the data" in lines:
        other = " {trace:from the data|The same weights}, with sampled chains from the data."
    fresh = (
        " {trace:fresh weights|The same chains} before any training (drawn no lower than 0.001)."
        if "fresh weights" in lines
        else ""
    )
    return Figure(
        title="Relative bias of the mean CD-k gradient",
        caption=(
            "How far the mean gradient of {trace:these chains|chains as set} is from the exact one, over the exact"
            f" one’s length, at weights trained for {result.controls.trained} steps.{other}{fresh}"
        ),
        text=(
            f"The bias is {metrics['bias_at_1']:.2f} of the exact gradient’s length at k = 1,"
            f" {metrics['bias_at_10']:.2f} at k = 10 and {metrics['bias_at_30']:.2f} at k = {LONGEST}."
        ),
        plot=drawn,
        height=320,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _gradients(result: GradientBiasResult, metrics: Measurements) -> Figure:
    count = SIDE**2 * HIDDEN
    both = torch.stack([result.exact[0, :count], result.estimate[0, :count]])  # (2, 54)
    tiles = both.view(2, SIDE**2, HIDDEN).transpose(1, 2).reshape(2 * HIDDEN, SIDE**2)
    rows = [f"exact {unit + 1}" for unit in range(HIDDEN)] + [f"CD {unit + 1}" for unit in range(HIDDEN)]
    drawn = heatmap(tiles.numpy(), rows=rows, columns=[str(pixel + 1) for pixel in range(SIDE**2)], signed=True,
                    row_title="", column_title="pixel")  # fmt: skip
    drawn.add_shape(reference_line(y=HIDDEN - 0.5, yref="y", dash="solid", width=2))
    return Figure(
        title=f"Gradient of each weight: exact above, mean of CD-{result.controls.k} below",
        caption="One row per hidden unit, one column per pixel, of the first training. Orange is up, blue is down.",
        text=(
            f"The mean gradient of CD-{result.controls.k} has a cosine of {metrics['cosine_to_exact']:.2f} to the exact"
            f" one, mean of {TRAININGS} trainings."
        ),
        plot=drawn,
        height=330,
        half=True,
        sources=[Plotted(tiles, trace="values")],
    )


def _learned(result: GradientBiasResult, metrics: Measurements) -> Figure:
    means = {name: course.likelihoods.mean(-1) for name, course in result.learned.items()}
    lowest = min(float(line.min()) for line in means.values())
    drawn = curves(
        result.learned["CD"].steps, {name: line.numpy() for name, line in means.items()}, x_title="training step",
        y_range=(min(-7.0, lowest - 0.3), result.best + 0.5), room=12, colours={"CD": ACCENT, "exact": INK_3},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.add_shape(reference_line(y=result.best))
    drawn.add_annotation(**note(CD_STEPS, result.best, "best possible", xanchor="right", yanchor="bottom"))
    return Figure(
        title="Log-likelihood in training, nats per image",
        caption=(
            "{trace:CD|Trained by CD}, with k and chains as set, and {trace:exact|by the exact gradient}; means of"
            f" {TRAININGS} trainings from fresh weights."
        ),
        text=(
            f"After {number(CD_STEPS)} steps CD-{result.controls.k} has {metrics['log_likelihood_nats']:.2f} nats per"
            f" image, the worst training {metrics['lowest_log_likelihood_nats']:.2f}."
            f" The best possible is {result.best:.2f}."
        ),
        plot=drawn,
        height=330,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in means.items()],
    )
