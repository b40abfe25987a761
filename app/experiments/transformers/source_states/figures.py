"""Exact match by length for both kinds of source, one attention map, and the list typed, word by word."""

import numpy as np
import torch

from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.source_states.run import LENGTHS, SourceResult
from app.provenance.origin import Plotted
from models.data.word_lists import text_of
from visualizers.curve import apart, curves
from visualizers.heads import token_map
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT, SERIES


def figures(result: SourceResult, metrics: Measurements) -> Figures:
    return {
        "length": _length(result, metrics),
        "map": _map(result),
        "written": _written(result, metrics),
    }


def _length(result: SourceResult, metrics: Measurements) -> Figure:
    c = result.controls
    moved = {"as read": "", "shuffled": " The states are shuffled.",
             "values alone shuffled": " Each state's value has another state's key."}[c.order]  # fmt: skip
    if c.across != "in both layers":
        moved += f" Cross-attention: {c.across}."
    plot = curves(
        LENGTHS, {"mean": 100 * result.mean.numpy(), "per word": 100 * result.states.numpy()},
        x_title="words in the list", y_range=(-4, 108), markers=True, room=64,
        colours={"mean": SERIES[1], "per word": ACCENT},
    ).update_xaxes(range=(1.5, LENGTHS[-1] + 0.5))  # fmt: skip
    return Figure(
        title="Lists written backwards without a wrong word, %",
        caption=(
            "The decoder is handed {accent|one state per word}, or {c2|their mean}. The models are of equal size and"
            " were trained alike." + moved
        ),
        text=(
            f"At 12 words, {result.states[-1]:.0%} of the lists are right with one state per word and"
            f" {metrics['exact_match_12_words_with_the_mean']:.0%} with the mean; at 4 words"
            f" {result.states[LENGTHS.index(4)]:.0%} and {metrics['exact_match_4_words_with_the_mean']:.0%}."
        ),
        plot=apart(plot, 210),
        height=270,
    )


def _map(result: SourceResult) -> Figure:
    c, trace = result.controls, result.attention
    source, read = text_of(result.source), ["start", *text_of(result.written)[:-1]]
    T, S = trace.weights.shape[-2:]
    rows, columns, says = {
        "cross-attention": (text_of(result.written), source, "Rows: words generated. Columns: states of the source."),
        "in the encoder": (source, source, "Each word of the source attends to all of them."),
        "in the decoder": (read, read, "Each word read by the decoder attends to itself and to earlier ones."),
    }[c.shown]
    if len(columns) != S:
        columns, says = ["mean"] * S, "There is one state, so each weight on it is 1."
    elif c.shown == "cross-attention" and c.order != "as read":
        columns, says = [str(n + 1) for n in range(S)], "Columns are the states in their shuffled order."
    mask = None if c.shown == "in the decoder" else torch.ones(T, S, dtype=torch.bool)
    weights = trace.weights[0, c.head]
    return Figure(
        title=f"{c.shown.capitalize()}: layer {c.layer}, head {c.head}".replace("In the", "Attention in the"),
        caption=says,
        text=f"The largest weight of a row is {weights.max(dim=1).values.mean():.2f} on average.",
        plot=token_map(weights.numpy(), rows, columns, column_title="key", high=1.0),
        height=340,
        half=True,
        sources=[Plotted(origins_of(trace, mask).weights, lambda w: w[0, c.head])],
    )


def _written(result: SourceResult, metrics: Measurements) -> Figure:
    columns = {"to be written": result.target, "generated": result.written}
    against = [result.target, result.target]
    exchanged = result.controls.exchanged
    told = ""
    if exchanged != "nothing":
        columns["after the exchange"], which = result.moved[exchanged].next, exchanged.removeprefix("a word of the ")
        against.append(result.written)
        told = (
            f" With one word of the {which} exchanged, {metrics[f'steps_moved_by_the_{which}']:.0%} of the decoder's"
            f" steps change, and the encoder's states by at most {metrics[f'states_change_with_the_{which}']:.2g}."
        )
    wrong = np.stack(
        [(some != other).float().numpy() for some, other in zip(columns.values(), against, strict=True)], axis=1
    )[:-1]
    words = [list(row) for row in zip(*(text_of(words) for words in columns.values()), strict=True)][:-1]
    plot = heatmap(wrong, rows=[""] * len(words), columns=list(columns), low=0.0, high=1.0)
    return Figure(
        title="Your list, word by word",
        caption=(
            "Coloured cells are wrong words. A dot is the end of the list, generated too early."
            + (" In the last column: words that change." if told else "")
        ),
        text=(
            f"{metrics['words_right']:.0f} of {len(words)} words are right. Runs: encoder"
            f" {metrics['encoder_runs']:.0f}, decoder {metrics['decoder_runs']:.0f}, in all"
            f" {metrics['encoded_once_flops'] / 1e6:.1f} million operations. Encoded again at each step, it would be"
            f" {metrics['encoded_each_step_flops'] / 1e6:.1f} million." + told
        ),
        plot=write_cells(plot, words).update_layout(margin={"l": 12}),
        height=340,
        half=True,
    )
