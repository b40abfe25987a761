"""Exact match by length, which words are lost, and what both models write for the list typed."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.bottleneck.run import LENGTHS, SHOWN_LENGTH, BottleneckResult
from app.experiments.recurrence.written_words import word_by_word
from visualizers.curve import apart, curves
from visualizers.distribution import bars
from visualizers.theme import ACCENT, SERIES


def figures(result: BottleneckResult, metrics: Measurements) -> Figures:
    return {
        "length": _length(result, metrics),
        "position": _position(result, metrics),
        "written": _written(result, metrics),
    }


def _length(result: BottleneckResult, metrics: Measurements) -> Figure:
    without, attending = 100 * result.by_length.numpy()
    plot = curves(
        LENGTHS, {"one vector": without, "attention": attending}, x_title="words in the list", y_range=(-4, 108),
        markers=True, colours={"one vector": SERIES[1], "attention": ACCENT}, room=80,
    )  # fmt: skip
    return Figure(
        title="Lists written without a wrong word, %",
        caption=(
            "{c2|One vector} has to hold the whole list. With {accent|attention} each step can read all of the"
            " source. Both models have equally many parameters."
        ),
        text=(
            f"At 16 words, attention writes {metrics['exact_match_16_words']:.0%} of the lists right, the"
            f" model with one vector {metrics['exact_match_16_words_without_attention']:.0%}; at 4 words"
            f" {metrics['exact_match_4_words_without_attention']:.0%}."
        ),
        plot=apart(plot, 220),
        height=280,
    )


def _position(result: BottleneckResult, metrics: Measurements) -> Figure:
    return Figure(
        title=f"One vector: words right in lists of {SHOWN_LENGTH}, %",
        caption="By the word’s position in the source. The encoder reads from left to right.",
        text=(
            f"One vector gets {metrics['first_words_accuracy']:.0%} of the first three words right and"
            f" {metrics['last_words_accuracy']:.0%} of the last three."
        ),
        plot=bars(
            np.round(100 * result.by_position.numpy()),
            labels=[str(1 + at) for at in range(SHOWN_LENGTH)],
            x_title="position in the source",
            colours=SERIES[1],
            y_range=(0, 115),
        ),
        height=330,
        half=True,
    )


def _written(result: BottleneckResult, metrics: Measurements) -> Figure:
    count = len(result.target) - 1
    written = {"one vector": result.without[:count], "attention": result.with_attention[:count]}
    return Figure(
        title="Your list, word by word",
        caption="Coloured cells are wrong words. A dot is the end of the list, written too early.",
        text=(
            f"Without attention, {metrics['words_right_without_attention']:.0f} of {count} words are right; with"
            f" it, {metrics['words_right_with_attention']:.0f}."
        ),
        plot=word_by_word(result.target[:count], written),
        height=330,
        half=True,
    )
