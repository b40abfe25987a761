"""The three figures of a scaled score: one query's attention, their variance, the softmax’s gradient."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from app.experiments.attention.scaled_scores.run import (
    ScoreResult,
    scores_of,
)
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Computed, Plotted
from models.attention.dot_product import attention_weights
from visualizers.curve import curves, mark_x
from visualizers.distribution import grouped_bars
from visualizers.theme import SERIES

SAID = {
    "√width": "divided by √width",
    "nothing": "with scaling off",
    "nothing, small queries": "with small queries",
    "width": "divided by the width",
}
SHORT = {"√width": "÷ √width", "nothing": "unscaled", "nothing, small queries": "small queries", "width": "÷ width"}
TICKS = (1, 4, 16, 64, 256)


def figures(result: ScoreResult, metrics: Measurements) -> Figures:
    return {
        "weights": _weights(result, metrics),
        "variance": _variance(result, metrics),
        "gradient": _gradient(result, metrics),
    }


def _weights(result: ScoreResult, metrics: Measurements) -> Figure:
    controls, said = result.controls, SAID[result.controls.divide_by]
    names = [f"k{key + 1}" if key or not controls.match else "match" for key in result.order.tolist()]
    both = {said: result.chosen, "unscaled": result.unscaled}
    shown = {name: spread.weights.numpy() for name, spread in both.items()}
    sources = []
    for name, spread in both.items():
        given = {"q": result.query, "k": result.keys, "divide_by": "nothing"}
        given |= {} if name == "unscaled" else {"divide_by": controls.divide_by}
        scores = Computed(scores_of(result.query, result.keys, str(given["divide_by"])), scores_of, given)
        sources.append(Plotted(Computed(spread.weights, attention_weights, {"scores": scores}), trace=name))
    return Figure(
        title=f"Attention weights of one query, head width {controls.width}",
        caption=f"The same query and keys, best key first: {{c1|{said}}} and {{c2|unscaled}}.",
        text=(
            f"The best key gets {shown[said].max():.0%} of the attention {said}, and {shown['unscaled'].max():.0%}"
            " unscaled."
        ),
        plot=grouped_bars(shown, labels=names, x_title="key"),
        height=220,
        sources=sources,
    )


def _variance(result: ScoreResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Variance of a score",
        caption="A score is a sum of as many random products as the head is wide; their variances add up.",
        text=(
            f"At width {result.controls.width} the variance of a score is"
            f" {metrics['unscaled_score_variance']:.3g} unscaled and"
            f" {metrics['score_variance']:.3g} {SAID[result.controls.divide_by]}."
        ),
        plot=_over_width(result, result.chosen.variance.tolist(), result.unscaled.variance.tolist()),
        height=240,
        half=True,
    )


def _gradient(result: ScoreResult, metrics: Measurements) -> Figure:
    chosen, unscaled = result.chosen.gradient, result.unscaled.gradient
    return Figure(
        title="Gradient behind the softmax",
        caption="Norm of the gradient that reaches the scores; median of 512 queries, random gradient from above.",
        text=(
            f"In a head 512 wide the median gradient is {unscaled[-1]:.2g} unscaled and {chosen[-1]:.2g}"
            f" {SAID[result.controls.divide_by]}."
        ),
        plot=_over_width(result, chosen.tolist(), unscaled.tolist()),
        height=240,
        half=True,
    )


def _over_width(result: ScoreResult, chosen: Sequence[float], unscaled: Sequence[float]) -> go.Figure:
    short = SHORT[result.controls.divide_by]
    lines = {short: np.array(chosen), "unscaled": np.array(unscaled)}  # one line where nothing is scaled
    colours = {short: SERIES[0], "unscaled": SERIES[1]}
    drawn = curves(
        result.widths, lines, x_title="head width", x_log=True, y_log=True, markers=True, colours=colours, room=84
    )
    drawn.update_yaxes(dtick=1, exponentformat="power")
    drawn.update_xaxes(tickmode="array", tickvals=TICKS, ticktext=list(map(str, TICKS)), tickangle=0)
    return mark_x(drawn, result.controls.width, "")
