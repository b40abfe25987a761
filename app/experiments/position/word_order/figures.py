"""What a change of order does to each word’s output, how alike places are, and loss by place, drawn."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.long_texts import NAMES, by_place
from app.experiments.position.word_order.run import SCHEMES, OrderResult, likeness
from app.number_format import number
from app.provenance.origin import Drawn, computed
from models.language.loss_by_length import recorded
from models.position.similarity import relative_change
from visualizers.curve import apart, curves
from visualizers.distribution import grouped_bars
from visualizers.theme import ACCENT, SERIES

COLOURS = dict(zip(("alibi", "rope", "learned", "sinusoidal", "none"), SERIES))
UNCHANGED = 1e-4


def figures(result: OrderResult, measured: Measurements) -> Figures:
    return with_sources(
        {
            "words": _words(result, measured),
            "likeness": _likeness(result, measured),
            "length": _length(result, measured),
        },
        origins(result),
    )


def colours(scheme: str) -> dict[str, str]:
    return {NAMES[name]: ACCENT if name == scheme else colour for name, colour in COLOURS.items()}


def _words(result: OrderResult, measured: Measurements) -> Figure:
    shuffled = [result.pieces[place].strip() for place in result.order.tolist()]
    c, exact = result.controls, measured["largest_change_of_an_output"] < UNCHANGED
    shown = {"every token sees all": result.open.change[0].numpy(), "causal mask": result.causal.change[0].numpy()}
    drawn = grouped_bars(shown, labels=[f"{place} {piece}" for place, piece in enumerate(result.pieces, start=1)])
    drawn.update_xaxes(tickmode="array", tickvals=list(range(len(result.pieces))), ticktext=result.pieces)
    top = max(float(np.max(values)) for values in shown.values())
    drawn.update_yaxes(range=[0, 1.15 * max(top, 0.1)])
    says = "each word’s output moves with it, unchanged" if exact else "outputs change"
    return Figure(
        title="How much each word’s output changes when the words before the last are shuffled",
        caption=f"{{c1|Every token sees all}}: {says}. {{c2|Causal mask}}: a word sees only what stands before it.",
        text=(
            f"Read as “{' '.join(shuffled)}”, with places told by"
            f" {NAMES[c.scheme]}: outputs change by at most {number(measured['largest_change_of_an_output'])} of their"
            f" length, and by {number(measured['largest_change_behind_the_causal_mask'])} behind a causal mask."
        ),
        plot=drawn,
        height=250,
    )


def _likeness(result: OrderResult, measured: Measurements) -> Figure:
    lines = {NAMES[scheme]: alike.numpy() for scheme, alike in result.likeness.items()}
    drawn = curves(
        np.arange(len(next(iter(lines.values())))), lines, x_title="distance, tokens",
        colours=colours(result.controls.scheme), room=78,
    )  # fmt: skip
    low = min(float(y.min()) for y in lines.values())
    drawn.update_yaxes(range=[min(low, 0) - 0.06, 1.3])
    apart(drawn, 186)
    return Figure(
        title="How alike two places are",
        caption="Cosine of added codes; for RoPE of its turns, for ALiBi what distance leaves of a weight.",
        text=(
            f"Places 32 apart are {measured['likeness_of_places_32_apart']:.2f} alike to"
            f" {NAMES[result.controls.scheme]}; 1 is the same place."
        ),
        plot=drawn,
        height=236,
        half=True,
    )


def _length(result: OrderResult, measured: Measurements) -> Figure:
    record, name = recorded(), NAMES[result.controls.scheme]
    return Figure(
        title="Loss by place in the text, nats",
        caption=f"Trained on texts of 64 tokens. {{accent|Dots}}: {name}, on this seed’s texts.",
        text=(
            f"With {name} the decoder loses {measured['loss_within_the_trained_length_nats']:.2f} nats a token"
            f" within 64 tokens and {measured['loss_past_the_trained_length_nats']:.2f} past them."
        ),
        plot=by_place(
            record.places,
            {NAMES[scheme]: losses for scheme, losses in record.whole.items()},
            colours(result.controls.scheme),
            result.read.loss,
            room=78,
            height=236,
        ),
        height=236,
        half=True,
    )


def origins(result: OrderResult) -> list[Drawn]:
    def in_sentence(change: Tensor) -> Tensor:
        return torch.zeros_like(change).scatter(0, result.order, change)

    chosen = SCHEMES.index(result.controls.scheme)
    words = [computed(relative_change, after=read.after, before=read.before) for read in (result.causal, result.open)]
    return [
        *(Drawn("words", change, in_sentence, trace=1 - number) for number, change in enumerate(words)),
        *(likeness()[chosen:] + likeness()[:chosen]),  # the button asks about the first
    ]
