"""The figures of one head: the loss without it, word by word, and its two circuits."""

import numpy as np
import plotly.graph_objects as go

from app.experiments.attention.one_head.run import OneHeadResult
from app.experiments.base import Figure, Figures, Measurements
from visualizers.matrix import heatmap
from visualizers.specialists import harm_by_token


def figures(result: OneHeadResult, numbers: Measurements) -> Figures:
    return {
        "without": _without(result, numbers),
        "qk": _qk(result, numbers),
        "ov": _ov(result, numbers),
    }


def _without(result: OneHeadResult, numbers: Measurements) -> Figure:
    controls = result.controls
    return Figure(
        title=f"Without head {controls.head} of layer {controls.layer}: how much worse each word is foreseen, nats",
        caption=(
            "Words that the text says {accent|again} and words that are {ink-3|new} to it. Below 0 the model does"
            " better without the head."
        ),
        text=(
            "On random rows said twice, words said again lose"
            f" {numbers['loss_rise_on_repeats_nats']:.2f} nats, words said first"
            f" {numbers['loss_rise_on_first_words_nats']:.2f}; the worst loss by another head of this layer is"
            f" {numbers['largest_rise_of_another_head_nats']:.2f}."
        ),
        plot=harm_by_token(result.pieces[1:], result.rise.numpy(), result.repeated.numpy()),
        height=240,
    )


def _square(values: np.ndarray, words: list[str], row_title: str, column_title: str) -> go.Figure:
    drawn = heatmap(values, rows=words, columns=words, row_title=row_title, column_title=column_title, signed=True)
    drawn.update_xaxes(tickangle=-60)
    return drawn.update_layout(margin={"l": 66, "r": 6, "t": 6, "b": 66})


def _qk(result: OneHeadResult, numbers: Measurements) -> Figure:
    by_layer_0 = result.controls.layer == 1 and result.controls.keys != "word itself"
    keys = (
        f"it by {'the ' if result.controls.keys.startswith('prev') else ''}{result.controls.keys} of layer 0"
        if by_layer_0
        else "that word itself"
    )
    return Figure(
        title="QK: which words it brings together",
        caption=f"Scores: a row asks; a column is a word, and the key is made from {keys}.",
        text=f"Over many words {numbers['matching_share']:.0%} match themselves best.",
        plot=_square(result.qk.numpy(), result.words, "asks", "key made from"),
        height=310,
        half=True,
    )


def _ov(result: OneHeadResult, numbers: Measurements) -> Figure:
    return Figure(
        title="OV: what it writes when it has looked",
        caption="A row is looked at: how far this raises or lowers each word's logit, against the row's mean.",
        text=(
            f"Over many words {numbers['copying_share']:.0%} raise themselves most; the eigenvalues' copying ratio is"
            f" {numbers['copying_eigenvalue_ratio']:.2f}."
        ),
        plot=_square((result.ov - result.ov.mean(dim=1, keepdim=True)).numpy(), result.words, "looked at", "logit of"),
        height=310,
        half=True,
    )
