"""What a change of order does to each word's output, how similar positions are, and loss by position, drawn."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.long_texts import NAMES, loss_by_place, marked
from app.experiments.position.word_order.run import SCHEMES, OrderResult, first, similarity
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.language.loss_by_length import recorded
from models.position.similarity import relative_change
from visualizers.curve import apart, curves
from visualizers.distribution import grouped_bars
from visualizers.theme import SERIES

COLOURS = dict(zip(("alibi", "rope", "learned", "sinusoidal", "none"), SERIES))
OPEN, CAUSAL = "no mask", "causal mask"
UNCHANGED = 1e-4


def figures(result: OrderResult, metrics: Measurements) -> Figures:
    return {
        "words": _words(result, metrics),
        "similarity": _similarity(result, metrics),
        "length": _length(result, metrics),
    }


def _words(result: OrderResult, metrics: Measurements) -> Figure:
    def in_sentence(change: Tensor) -> Tensor:
        return torch.zeros_like(change).scatter(0, result.order, change)

    shuffled = [result.pieces[place].strip() for place in result.order.tolist()]
    c, exact = result.controls, metrics["largest_change_of_an_output"] < UNCHANGED
    shown = {OPEN: result.open.change[0].numpy(), CAUSAL: result.causal.change[0].numpy()}
    drawn = grouped_bars(shown, labels=[f"{place} {piece}" for place, piece in enumerate(result.pieces, start=1)])
    drawn.update_xaxes(tickmode="array", tickvals=list(range(len(result.pieces))), ticktext=result.pieces)
    top = max(float(np.max(values)) for values in shown.values())
    drawn.update_yaxes(range=[0, 1.15 * max(top, 0.1)])
    says = "no output changes" if exact else "outputs change"
    without, behind = (
        computed(relative_change, after=outputs.after, before=outputs.before)
        for outputs in (result.open, result.causal)
    )
    return Figure(
        title="Change of each word's output when the words before the last are shuffled",
        caption=f"{{c1|No mask}}: {says}. {{c2|Causal mask}}: a word attends to what precedes it. 1 is its length.",
        text=(
            f"Read as “{' '.join(shuffled)}”, with position scheme {NAMES[c.scheme]}: outputs change by at most"
            f" {number(metrics['largest_change_of_an_output'])} of their length without a mask and by at most"
            f" {number(metrics['largest_change_behind_the_mask'])} behind the causal mask."
        ),
        plot=drawn,
        height=250,
        sources=[Plotted(without, in_sentence, OPEN), Plotted(behind, in_sentence, CAUSAL)],
    )


def _similarity(result: OrderResult, metrics: Measurements) -> Figure:
    found = {scheme: similarity(scheme) for scheme in SCHEMES}
    lines = {NAMES[scheme]: one.line.numpy() for scheme, one in found.items()}
    drawn = curves(
        np.arange(len(next(iter(lines.values())))), lines, x_title="distance, tokens",
        colours=marked(COLOURS, result.controls.scheme), room=78,
    )  # fmt: skip
    low = min(float(y.min()) for y in lines.values())
    drawn.update_yaxes(range=[min(low, 0) - 0.06, 1.3])
    apart(drawn, 186)
    name = NAMES[result.controls.scheme]
    return Figure(
        title="Similarity of two positions, by distance",
        caption="Cosine of added or rotated codes; for ALiBi the factor left of a weight. {accent|Chosen scheme}.",
        text=(
            f"With position scheme {name}, positions 32 apart have a similarity of"
            f" {metrics['similarity_of_positions_32_apart']:.2f}; 1 is the same position."
        ),
        plot=drawn,
        height=236,
        half=True,
        sources=[
            Plotted(one.shows, trace=NAMES[scheme]) if not one.row else Plotted(one.shows, first, NAMES[scheme])
            for scheme, one in sorted(found.items(), key=lambda item: item[0] != result.controls.scheme)
        ],  # the button asks about the first
    )


def _length(result: OrderResult, metrics: Measurements) -> Figure:
    record, name = recorded(), NAMES[result.controls.scheme]
    line = record.whole[result.controls.scheme]
    return loss_by_place(
        result.read.loss,
        record.whole,
        marked(COLOURS, result.controls.scheme),
        caption=f"Trained on texts of 64 tokens. {{accent|Dots}}: {name}, on this seed's texts.",
        text=(
            f"With position scheme {name} the loss is {metrics['loss_within_the_trained_length_nats']:.2f} nats per"
            f" token within 64 tokens and {metrics['loss_past_the_trained_length_nats']:.2f} past them."
            f" Its recorded line goes from {line[0]:.2f} at the start to {line[-1]:.2f} at"
            f" token {record.places[-1]:.0f}."
        ),
        height=236,
        half=True,
    )
