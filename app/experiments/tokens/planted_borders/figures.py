"""The three figures of subword tokenisation: known borders and those of three methods, their F1, and a typed text."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.planted_borders.run import LANGUAGES, METHODS, OWN_SIZE, PlantedBordersResult
from models.tokenization.tokenizer import shown
from models.tokenization.word_piece import UNKNOWN
from visualizers.cut_text import CutText, cut_texts
from visualizers.truth_bars import truth_bars


def figures(result: PlantedBordersResult, metrics: Measurements) -> Figures:
    return {
        "borders": _borders(result, metrics),
        "scores": _scores(result, metrics),
        "your text": _own(result, metrics),
    }


def _borders(result: PlantedBordersResult, metrics: Measurements) -> Figure:
    truth = dict(result.shown["planted"])
    groups = []
    for name, words in result.shown.items():
        pieces = [part for _, cut in words for part in cut]
        hover = [word for word, cut in words for _ in cut]
        numbers = [at for at, (_, cut) in enumerate(words) for _ in cut]
        met = sum(len(truth[word][0]) in np.cumsum([len(piece) for piece in cut[:-1]]) for word, cut in words)
        title = "stem and ending" if name == "planted" else f"{name}: {met} of {len(words)} borders met"
        groups.append(CutText(name, pieces, hover, title, numbers))
    plot, height = cut_texts(groups)
    return Figure(
        title="Words of a made-up language, cut by three methods",
        caption=(
            "Each box is one token, each colour a word. The methods learned from other words with the same stems and"
            " endings."
        ),
        text=(
            f"Per word, BPE has {metrics['bpe_pieces']:.1f} pieces, WordPiece {metrics['word_piece_pieces']:.1f} and"
            f" Unigram {metrics['unigram_pieces']:.1f}; stem and ending would be 2."
        ),
        plot=plot,
        height=height,
    )


def _scores(result: PlantedBordersResult, metrics: Measurements) -> Figure:
    scores = np.array([result.methods[name].f1 for name in METHODS])
    random = np.array([result.methods[name].at_random for name in METHODS])
    return Figure(
        title="Borders found (F1)",
        caption=(
            f"Mean over {LANGUAGES} made-up languages. {{trace:random cuts|Lines}}: equally many cuts at random places."
        ),
        text=(
            f"F1 is {metrics['bpe_f1']:.2f} for BPE, {metrics['word_piece_f1']:.2f} for WordPiece and"
            f" {metrics['unigram_f1']:.2f} for Unigram; random cuts reach {metrics['random_f1']:.2f} at most."
        ),
        plot=truth_bars(
            {"F1": scores}, labels=list(METHODS), truth=random, truth_name="random cuts", y_range=(0, 1.08)
        ),
        height=270,
        half=True,
    )


def _own(result: PlantedBordersResult, metrics: Measurements) -> Figure:
    groups = [
        CutText(name, pieces, pieces, f"{name}: {len(pieces)} tokens")
        for name, pieces in result.own.items()
        for pieces in [[piece if piece == UNKNOWN else "".join(map(shown, piece)) for piece in pieces]]
    ]
    plot, height = cut_texts(groups)
    return Figure(
        title="Your text, with pieces of the tiny world",
        caption=f"Vocabularies of {OWN_SIZE} tokens. ## marks a piece inside a word, [UNK] a word given up.",
        text=(
            "Tokens of your text: "
            + ", ".join(f"{name} {len(pieces)}" for name, pieces in result.own.items())
            + f". WordPiece gives up {metrics['unknown_words']:g} of its words and signs."
        ),
        plot=plot,
        height=max(height, 200),
        half=True,
    )
