"""Two clouds of estimates round the true gradient, their variances, and where the order turns round."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.gradient_estimates.run import DIGIT, OMEGAS, EstimatesResult
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.gradient_clouds import gradient_clouds
from visualizers.horizontal_bars import horizontal_bars
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_3, SERIES

SHOWN = 700
"""Estimates that are drawn of each estimator."""

PATHWISE, SCORE = "through the sample", "score function"


def figures(result: EstimatesResult, metrics: Measurements) -> Figures:
    return {
        "clouds": _clouds(result, metrics),
        "variances": _variances(result, metrics),
        "frequencies": _frequencies(result, metrics),
    }


def _rounded(value: float) -> str:
    """Three significant digits."""
    return number(float(f"{value:.3g}"))


def _clouds(result: EstimatesResult, metrics: Measurements) -> Figure:
    of = "decoded likelihood of a digit" if result.controls.objective == DIGIT else "sine"
    each = "1 sample" if result.controls.samples == 1 else f"{result.controls.samples} samples"
    return Figure(
        title=f"Estimates of one gradient, {each} each: {of}",
        caption=(
            "Every dot is one estimate of the gradient with respect to the two means μ:"
            " {trace:through the sample|through the"
            " sample} (reparameterized) and by the {trace:score function|score function} with a fitted baseline. The"
            " arrow is the true gradient."
        ),
        text=(
            f"The variance of the reparameterized estimates is {metrics['variance_ratio']:.2g} times that of the score"
            f" function’s. Their mean lies {metrics['pathwise_bias_percent']:.2g} % of the gradient’s length from the"
            f" truth."
        ),
        plot=gradient_clouds(
            {PATHWISE: result.pathwise[:SHOWN].numpy(), SCORE: result.score[:SHOWN].numpy()}, result.truth.numpy()
        ),
        height=380,
        sources=[
            Plotted(result.pathwise, lambda g: g[:SHOWN, 1], PATHWISE),
            Plotted(result.score, lambda g: g[:SHOWN, 1], SCORE),
        ],
    )


def _variances(result: EstimatesResult, metrics: Measurements) -> Figure:
    names = ("pathwise_variance", "score_variance", "bare_score_variance")
    values = torch.tensor([metrics[name] for name in names])
    labels = ["through the sample", "score function, fitted baseline", "score function, no baseline"]
    drawn = horizontal_bars(
        (values / values.max().clamp_min(1e-12)).numpy(), labels=labels, as_="{:.2g}", left=190,
        colours=[ACCENT, SERIES[1], INK_3],
    ).update_xaxes(showticklabels=False)  # fmt: skip
    return Figure(
        title="Variance, share of the largest",
        caption="Both coordinates together. The baseline is fitted to other samples, so that it adds no bias.",
        text=(
            f"The variances are {_rounded(metrics['pathwise_variance'])} through the sample,"
            f" {_rounded(metrics['score_variance'])} by the score function with a fitted baseline and"
            f" {_rounded(metrics['bare_score_variance'])} without one."
        ),
        plot=drawn,
        height=210,
        half=True,
    )


def _frequencies(result: EstimatesResult, metrics: Measurements) -> Figure:
    lines = {PATHWISE: result.sweep[0], SCORE: result.sweep[1]}
    drawn = curves(
        OMEGAS, {name: each.numpy() for name, each in lines.items()}, x_title="ω of the sine, σ = 1", y_log=True,
        colours={PATHWISE: ACCENT, SCORE: SERIES[1]}, room=12,
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.add_shape(reference_line(x=metrics["crossing_omega"], colour=INK_3))
    return Figure(
        title="Variance of one estimate on a sine",
        caption=(
            "{trace:through the sample|Through the sample} and by the {trace:score function|score function}, on"
            " sin(ωz₁) + sin(ωz₂). Dotted: where the variances are equal."
        ),
        text=(
            f"The two variances are equal at ω = {metrics['crossing_omega']:.2f}; above it the reparameterized estimate"
            " varies more."
        ),
        plot=drawn,
        height=260,
        half=True,
        sources=[Plotted(each, trace=name) for name, each in lines.items()],
    )
