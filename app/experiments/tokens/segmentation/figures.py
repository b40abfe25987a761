"""The three figures of tokenisation: a text in five cuts, words spelt by three models, a sentence in nine languages."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.segmentation.cuts import MERGES, Cut
from app.experiments.tokens.segmentation.run import SegmentationResult
from models.data.cut_lines import KINDS
from models.data.one_sentence import ARTICLE
from visualizers.answer_table import answer_table
from visualizers.cut_text import CutText, cut_texts
from visualizers.theme import ACCENT, INK_3, SERIES
from visualizers.token_costs import token_costs

READS = {"characters": "characters", "pieces": "pieces", "words": "whole words"}
NOUNS = {"characters": "characters", "bytes": "bytes", "words": "words and signs"}


def figures(result: SegmentationResult, metrics: Measurements) -> Figures:
    return {
        "cuts": _cuts(result, metrics),
        "spelling": _spelling(result),
        "languages": _languages(result, metrics),
    }


def _title(cut: Cut) -> str:
    """“bytes: 44”, “BPE: 32 tokens”, and how many are unknown where some are."""
    count = f"{cut.name}: {len(cut.pieces)}" if cut.name in NOUNS else f"{cut.name}: {len(cut.pieces)} tokens"
    return f"{count}, {cut.unknown} unknown" if cut.unknown else count


def _cuts(result: SegmentationResult, metrics: Measurements) -> Figure:
    shown = [
        CutText(cut.name, cut.pieces, [f"{piece}<br>id {i}" for piece, i in zip(cut.pieces, ids)], _title(cut))
        for cut in result.cuts
        for ids in [[str(i) for i in cut.ids] or ["none: a word"] * len(cut.pieces)]
    ]
    plot, height = cut_texts(shown)
    model = result.cuts[-1]
    return Figure(
        title="One text, five cuts",
        caption=(
            f"Each box is one token; colours only part neighbours. BPE has {MERGES} merges of bytes. ␣ is a space, ·"
            " goes on with a word, ⟨C3⟩ is a byte that is no character alone."
        ),
        text=(
            f"The text has {metrics['characters']:g} characters and {metrics['bytes']:g} bytes. BPE cuts it into"
            f" {metrics['bpe_tokens']:g} tokens, {model.name} into {metrics['model_tokens']:g}. Of"
            f" {metrics['words']:g} words and signs, {metrics['unknown_words']:g} are unknown."
        ),
        plot=plot,
        height=height,
    )


def _spelling(result: SegmentationResult) -> Figure:
    columns = {READS[kind]: [(of[kind].written, of[kind].right) for _, of in result.examples] for kind in KINDS}
    titles = [f"{READS[kind]}<br>{result.spelling[kind]:.0%} right" for kind in KINDS]
    one, other, last = (f"{result.spelling[kind]:.0%}" for kind in KINDS)
    return Figure(
        title=f"Words to spell, {result.controls.asked}",
        caption="What three trained models write: {held|right} or {failed|wrong}. Only the cut of their text differs.",
        text=(
            f"The model that reads characters spells {one} of the words without a mistake, the one that reads pieces"
            f" {other}, the one that reads whole words {last}."
        ),
        plot=answer_table([word for word, _ in result.examples], columns, titles),
        height=260,
        half=True,
    )


def _languages(result: SegmentationResult, metrics: Measurements) -> Figure:
    model = result.cuts[-1].name
    groups = {name: np.array(list(counts.values())) for name, counts in result.languages.items()}
    tokens = result.languages["BPE"]
    dearest = max(tokens, key=lambda name: tokens[name])
    return Figure(
        title="The same sentence in nine languages: its cost",
        caption=(
            "{trace:characters|Characters} of the sentence, its {trace:BPE|BPE} tokens, and its tokens by {c2|"
            + model
            + "}."
        ),
        text=(
            f"By BPE, the sentence has {tokens['English']} tokens in English and {tokens[dearest]} in {dearest},"
            f" {metrics['dearest_language_ratio']:.1f} times as many."
        ),
        plot=token_costs(groups, list(ARTICLE), colours=(INK_3, ACCENT, SERIES[1])),
        height=260,
        half=True,
    )
