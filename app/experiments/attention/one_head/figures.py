"""The figures of a head: accuracy with heads left out, and the two circuits of one."""

import numpy as np
import plotly.graph_objects as go

from app.experiments.attention.one_head.run import LEFT_OUT, OneHeadResult
from app.experiments.base import Figure, Figures, Measurements
from visualizers.distribution import bars
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, INK_3


def figures(result: OneHeadResult, metrics: Measurements) -> Figures:
    return {
        "without": _without(result),
        "qk": _qk(result, metrics),
        "ov": _ov(result, metrics),
    }


def _without(result: OneHeadResult) -> Figure:
    controls, accuracy = result.controls, result.accuracy
    names = {"this head": f"head {controls.head} of layer {controls.layer}"}
    left_out, labels = names.get(controls.leave_out, controls.leave_out), [names.get(name, name) for name in LEFT_OUT]
    drawn = bars(
        np.array([accuracy[name] for name in LEFT_OUT]),
        labels=labels,
        colours=[ACCENT if name == controls.leave_out else INK_3 for name in LEFT_OUT],
        y_range=(0, 112),
    )
    wrapped = [label.replace(" of ", "<br>of ").replace("-token", "-<br>token") for label in labels]
    bold = [f"<b>{words}</b>" if label == left_out else words for label, words in zip(labels, wrapped, strict=True)]
    drawn.update_xaxes(ticktext=bold).update_layout(margin={"b": 52})
    return Figure(
        title="Repeated words predicted, %, by what is left out",
        caption="Random words, each row said twice: only copying can predict the second half. Bold: picked.",
        text=(
            f"With all heads the model predicts {accuracy['nothing']:.0f} % of the repeated words. Without {left_out}:"
            f" {accuracy[controls.leave_out]:.0f} %."
        ),
        plot=drawn,
        height=230,
    )


def _square(values: np.ndarray, words: list[str], row_title: str, column_title: str) -> go.Figure:
    drawn = heatmap(values, rows=words, columns=words, row_title=row_title, column_title=column_title, signed=True)
    drawn.update_xaxes(tickangle=-60)
    return drawn.update_layout(margin={"l": 66, "r": 6, "t": 6, "b": 66})


def _qk(result: OneHeadResult, metrics: Measurements) -> Figure:
    controls = result.controls
    keys = "the word itself"
    if controls.layer == 1 and controls.keys != "word itself":
        keys = f"what {'the ' if controls.keys.startswith('prev') else ''}{controls.keys} of layer 0 makes of it"
    return Figure(
        title=f"QK circuit of layer {controls.layer}, head {controls.head}: which words match",
        caption=f"Rows are queries, columns keys, read from {keys}. Brown: a high score.",
        text=f"Of 48 random words {metrics['matching_share']:.0%} match their own key best; chance is 2 %.",
        plot=_square(result.qk.numpy(), result.words, "query", "key"),
        height=310,
        half=True,
    )


def _ov(result: OneHeadResult, metrics: Measurements) -> Figure:
    controls = result.controls
    return Figure(
        title=f"OV circuit of layer {controls.layer}, head {controls.head}: what it predicts",
        caption="Rows are words attended to, columns the logits they change, less the row's mean. Brown: raised.",
        text=f"Of 48 random words {metrics['copying_share']:.0%} raise their own logit most.",
        plot=_square(
            (result.ov - result.ov.mean(dim=1, keepdim=True)).numpy(), result.words, "attended to", "logit of"
        ),
        height=310,
        half=True,
    )
