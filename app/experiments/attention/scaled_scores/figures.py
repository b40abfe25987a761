"""The three figures of a scaled score: one query's attention, their variance, the softmax’s gradient."""

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from app.experiments.attention.scaled_scores.run import (
    ScoreResult,
    scores_of,
)
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Computed, Drawn
from models.attention.dot_product import attention_weights
from visualizers.curve import curves, mark_x
from visualizers.distribution import grouped_bars
from visualizers.theme import SERIES

SAID = {"sqrt": "divided by √width", "nothing": "with scaling off", "width": "divided by the width"}
SHORT = {"sqrt": "÷ √width", "nothing": "undivided", "width": "÷ width"}
TICKS = (1, 4, 16, 64, 256)


def figures(result: ScoreResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "weights": _weights(result, numbers),
            "variance": _variance(result, numbers),
            "gradient": _gradient(result, numbers),
        },
        origins(result),
    )


def _weights(result: ScoreResult, numbers: Measurements) -> Figure:
    controls, said = result.controls, SAID[result.controls.divide_by]
    names = [f"k{key + 1}" if key or not controls.match else "match" for key in result.order.tolist()]
    both = {"divided": result.chosen.weights.numpy(), "undivided": result.undivided.weights.numpy()}
    return Figure(
        title=f"How one query shares its attention, head width {controls.width}",
        caption=f"The same query and keys, best key first. {{c2|Undivided}} scores and {{c1|{said}}}.",
        text=(
            f"The best key takes {both['undivided'].max():.1%} of the attention undivided and"
            f" {both['divided'].max():.1%} {said}; the mean entropy is {numbers['raw_mean_entropy_nats']:.3g} and"
            f" {numbers['mean_entropy_nats']:.3g} nats, of at most {math.log(controls.keys):.3g}. The output differs"
            f" from that of torch’s own scaled_dot_product_attention by {numbers['difference_from_torch']:.2g}."
        ),
        plot=grouped_bars(both, labels=names, x_title="key"),
        height=220,
    )


def _variance(result: ScoreResult, numbers: Measurements) -> Figure:
    return Figure(
        title="Variance of a score",
        caption="A score adds up as many random products as the head is wide, and so do their variances.",
        text=(
            f"At width {result.controls.width} the variance is {numbers['raw_score_variance']:.3g} undivided and"
            f" {numbers['score_variance']:.3g} {SAID[result.controls.divide_by]}."
        ),
        plot=_over_width(result, result.chosen.variance.tolist(), result.undivided.variance.tolist()),
        height=240,
        half=True,
    )


def _gradient(result: ScoreResult, numbers: Measurements) -> Figure:
    chosen, undivided = result.chosen.gradient, result.undivided.gradient
    return Figure(
        title="Gradient behind the softmax",
        caption="Norm of what reaches the scores from one random gradient above; median over 512 queries.",
        text=(
            f"The typical query gets {numbers['raw_median_gradient']:.2g} undivided and"
            f" {numbers['median_gradient']:.2g} {SAID[result.controls.divide_by]}; in a head 512 wide"
            f" {undivided[-1]:.2g} and {chosen[-1]:.2g}."
        ),
        plot=_over_width(result, chosen.tolist(), undivided.tolist()),
        height=240,
        half=True,
    )


def _over_width(result: ScoreResult, chosen: Sequence[float], undivided: Sequence[float]) -> go.Figure:
    short = SHORT[result.controls.divide_by]
    lines = {"undivided": np.array(undivided)} | {short: np.array(chosen)}  # one line where nothing is divided
    colours = {short: SERIES[0]} | {"undivided": SERIES[1]}
    drawn = curves(
        result.widths, lines, x_title="head width", x_log=True, y_log=True, markers=True, colours=colours, room=72
    )
    drawn.update_yaxes(dtick=1, exponentformat="power")
    drawn.update_xaxes(tickmode="array", tickvals=TICKS, ticktext=list(map(str, TICKS)), tickangle=0)
    return mark_x(drawn, result.controls.width, "")


def origins(result: ScoreResult) -> list[Drawn]:
    drawn = []
    for trace, (one, divide_by) in enumerate(
        ((result.chosen, result.controls.divide_by), (result.undivided, "nothing"))
    ):
        given = {"q": result.query, "k": result.keys, "divide_by": divide_by}
        scores = Computed(scores_of(result.query, result.keys, divide_by), scores_of, given)
        drawn.append(Drawn("weights", Computed(one.weights, attention_weights, {"scores": scores}), trace=trace))
    return drawn
