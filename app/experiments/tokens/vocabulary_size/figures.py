"""The three figures of the vocabulary's size: loss in two units, compute per character, and one text in its tokens."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.vocabulary_size.run import COUNTED, SMALL, VocabularySizeResult, cheapest
from app.number_format import number
from models.training.vocabulary_sizes import SIZES
from visualizers.curve import apart, curves
from visualizers.cut_text import CutText, cut_texts
from visualizers.outcomes import over_settings

SHOWN_CHARACTERS = 76


def figures(result: VocabularySizeResult, metrics: Measurements) -> Figures:
    return {
        "loss": _loss(result, metrics),
        "compute": _compute(result, metrics),
        "text": _text(result, metrics),
    }


def _loss(result: VocabularySizeResult, metrics: Measurements) -> Figure:
    c = result.controls
    rows = {
        "loss per token, nats": np.array([result.trained[size].nats_per_token for size in SIZES]),
        "bits per character": np.array([result.trained[size].bits_per_character for size in SIZES]),
    }
    small = result.trained[SMALL]
    return Figure(
        title="Loss on held-out text, by vocabulary size",
        caption="Five models that read equally many characters: their loss per token above, per character below.",
        text=(
            f"With {c.size} tokens the loss is {metrics['nats_per_token']:.2f} nats per token, or"
            f" {metrics['bits_per_character']:.2f} bits per character. With {SMALL} tokens it is"
            f" {small.nats_per_token:.2f} nats and {small.bits_per_character:.2f} bits."
        ),
        plot=over_settings(
            rows, list(map(str, SIZES)), picked=SIZES.index(c.size), marks={}, x_title="tokens in the vocabulary"
        ),
        height=330,
        half=True,
    )


def _compute(result: VocabularySizeResult, metrics: Measurements) -> Figure:
    lines = {shape.name: np.array(compute) / min(compute) for shape, compute in result.compute.items()}
    plot = curves(
        COUNTED, lines, x_title="tokens in the vocabulary", x_log=True, markers=True, room=78,
        y_range=(0.9, 1.04 * max(line.max() for line in lines.values())),
    )  # fmt: skip
    told = ", ".join(f"{cheapest(compute)} tokens at {shape.name}" for shape, compute in result.compute.items())
    return Figure(
        title="Compute per character, over its smallest value",
        caption=(
            "Counted for decoders of three widths. A larger vocabulary means fewer tokens, but each is compared with"
            " more tokens at the output."
        ),
        text=f"Cheapest per character: {told}.",
        plot=apart(plot, 240).update_xaxes(
            tickvals=list(SIZES), ticktext=list(map(str, SIZES)), range=np.log10([COUNTED[0] - 2, COUNTED[-1] + 20])
        ),
        height=330,
        half=True,
    )


def _text(result: VocabularySizeResult, metrics: Measurements) -> Figure:
    cuts = []
    for size in dict.fromkeys((SMALL, result.controls.size, SIZES[-1])):
        pieces, length = [], 0
        for piece in result.pieces[size]:
            length += len(piece)
            if length > SHOWN_CHARACTERS:
                break
            pieces.append(piece.replace(" ", "␣"))
        cuts.append(CutText(f"{size} tokens", pieces, pieces, f"vocabulary of {size}: {len(pieces)} tokens"))
    plot, height = cut_texts(cuts)
    return Figure(
        title="The beginning of a held-out text, in three vocabularies",
        caption="Each box is one token; ␣ is the space with which a word begins.",
        text=(
            f"With {result.controls.size} tokens, a character takes {metrics['tokens_per_character']:.2f} tokens, and"
            f" the vocabulary has {number(metrics['vocabulary_parameters'])} parameters."
        ),
        plot=plot,
        height=height,
    )
