"""The three figures of subwords: words in pieces, what models make of made-up words, and accuracy by pieces."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.made_up_words.run import MOST_PIECES, MadeUpWordsResult, share
from models.data.cut_lines import KINDS
from visualizers.answer_table import answer_table
from visualizers.curve import curves
from visualizers.cut_text import CutText, cut_texts
from visualizers.theme import ACCENT, SERIES

READS = {"characters": "characters", "pieces": "pieces", "words": "whole words"}
TITLES = {"frequent": "the most frequent words", "rare": "rare words", "made up": "your word, and made-up words"}


def figures(result: MadeUpWordsResult, metrics: Measurements) -> Figures:
    return {
        "pieces": _pieces(result, metrics),
        "answers": _answers(result, metrics),
        "by pieces": _by_pieces(result, metrics),
    }


def _pieces(result: MadeUpWordsResult, metrics: Measurements) -> Figure:
    groups = []
    for name, group in result.shown.items():
        pieces = [piece.replace(" ", "␣") for _, cut in group for piece in cut]
        hover = [f"{word}<br>{len(cut)} pieces" for word, cut in group for _ in cut]
        numbers = [at for at, (_, cut) in enumerate(group) for _ in cut]
        title = f"{TITLES[name]}: {len(group)} words, {len(pieces)} pieces"
        groups.append(CutText(name, pieces, hover, title, numbers))
    plot, height = cut_texts(groups)
    return Figure(
        title="Words in pieces",
        caption=(
            "Each box is one token, each colour a word; ␣ is the space with which a word begins. Frequent words have a"
            " token of their own."
        ),
        text=(
            f"The 50 most frequent words have {metrics['frequent_word_pieces']:.2f} pieces each, the 50 rarest"
            f" {metrics['rare_word_pieces']:.2f}. Your word has {metrics['pieces_of_your_word']:g}."
        ),
        plot=plot,
        height=height,
    )


def _answers(result: MadeUpWordsResult, metrics: Measurements) -> Figure:
    columns = {READS[kind]: [(of[kind].written, of[kind].right) for _, of in result.examples] for kind in KINDS}
    return Figure(
        title="Made-up words to repeat",
        caption="What three trained models write, for words in their usual cut: {held|right} or {failed|wrong}.",
        text=(
            f"The model that reads {READS[result.controls.reader]} repeats"
            f" {metrics['made_up_repeated_share']:.0%} of the made-up words without a mistake."
        ),
        plot=answer_table([word for word, _ in result.examples], columns, list(columns)),
        height=250,
        half=True,
    )


def _by_pieces(result: MadeUpWordsResult, metrics: Measurements) -> Figure:
    counts = range(1, MOST_PIECES + 1)
    lines = {
        "training words": np.array([share(result.known, count, count) for count in counts]),
        "made-up words": np.array([share(result.made_up, count, count) for count in counts]),
    }
    plot = curves(
        list(counts), lines, x_title=f"pieces of the word ({MOST_PIECES}: or more)", markers=True, room=108,
        y_range=(-0.04, 1.06), colours={"training words": SERIES[2], "made-up words": ACCENT},
    )  # fmt: skip
    few, many = metrics["few_pieces_repeated_share"], metrics["many_pieces_repeated_share"]
    counted = few == few and many == many
    told = f" Made-up words in up to three pieces: {few:.0%}. In five or more: {many:.0%}." if counted else ""
    return Figure(
        title="Words repeated, by their pieces",
        caption=(
            "The share of {trace:made-up words|made-up words} and of {trace:training words|words of the training text}"
            " that is repeated without a mistake."
        ),
        text=f"Of training words, {metrics['known_repeated_share']:.0%} are repeated.{told}",
        plot=plot.update_yaxes(tickformat=".0%").update_xaxes(range=[0.8, MOST_PIECES + 0.2], dtick=1),
        height=250,
        half=True,
    )
