"""The figures of cross-attention: who looks where, which heads align, and what is left without the source."""

import torch

from app.experiments.attention.cross_attention.run import CrossResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Drawn
from visualizers.heads import token_map
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import INK
from visualizers.tokens import token_bars

CAPTIONS = {
    "as read": "A row is a word as it is written, the columns are the text that was read. The order differs.",
    "empty": "All states are zero, so all keys are equal: nothing tells one column from another.",
    "another sentence": "The columns are another sentence now, and the decoder writes of that.",
}

STATES = {
    "as read": "the states as read",
    "empty": "empty states",
    "another sentence": "another sentence's states",
}


def figures(result: CrossResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "alignment": _alignment(result, numbers),
            "heads": _heads(result, numbers),
            "without": _without(result, numbers),
        },
        origins(result),
    )


def _alignment(result: CrossResult, numbers: Measurements) -> Figure:
    controls = result.controls
    layer, head = controls.layer, controls.head
    weights = result.weights[layer, head].numpy()
    return Figure(
        title=f"Looking across: layer {layer}, head {head}",
        caption=CAPTIONS[controls.states],
        text=(
            f"{numbers['tokens_read']:g} tokens are read, and “{' '.join(result.written[:-1])}” is written. In other"
            f" sentences {numbers['aligned_share_of_this_head']:.0%} of the words of this head look most at the word"
            " that they translate."
        ),
        plot=token_map(weights, result.written, result.source, column_title="read", high=1.0),
        height=300,
        half=True,
    )


def _heads(result: CrossResult, numbers: Measurements) -> Figure:
    controls, aligned = result.controls, result.translated.aligned.numpy()
    L, H = aligned.shape
    drawn = heatmap(
        aligned,
        rows=[f"layer {layer}" for layer in range(L)],
        columns=[str(head) for head in range(H)],
        column_title="head",
        high=1.0,
        sets=("layer", "head"),
    )
    write_cells(drawn, as_="%{z:.0%}")
    ring = {
        "x0": controls.head - 0.5,
        "x1": controls.head + 0.5,
        "y0": controls.layer - 0.5,
        "y1": controls.layer + 0.5,
    }
    drawn.add_shape(type="rect", **ring, line={"color": INK, "width": 2})
    return Figure(
        title="Which heads align",
        caption="Words that look most at their original, over the seed's held-out sentences. Click a head.",
        text=f"The best head aligns {numbers['aligned_share_of_best_head']:.0%} of the words.",
        plot=drawn.update_layout(margin={"l": 56, "r": 6, "t": 6, "b": 44}),
        height=300,
        half=True,
    )


def _without(result: CrossResult, numbers: Measurements) -> Figure:
    other = "empty" if result.controls.states == "as read" else result.controls.states
    shown = {name: result.probabilities[name].numpy() for name in ("as read", other)}
    instead = (
        f"; in {numbers['writes_what_the_states_say_share']:.0%} the other sentence is translated"
        if result.controls.states == "another sentence"
        else ""
    )
    return Figure(
        title="How sure each word of the translation is, with the source and without",
        caption=f"Probability with the states {{c1|as read}} and with {{c2|{other}}} states in their place.",
        text=(
            f"With {STATES[result.controls.states]} {numbers['exact_match_share']:.0%} of held-out sentences are"
            f" translated rightly, and {numbers['word_accuracy_percent']:.0f} % of their words{instead}."
        ),
        plot=token_bars(result.answer, shown),
        height=230,
    )


def origins(result: CrossResult) -> list[Drawn]:
    trace = result.layers[result.controls.layer]
    weights = origins_of(trace, torch.ones(trace.weights.shape[-2:], dtype=torch.bool)).weights
    return [Drawn("alignment", weights, lambda w: w[0, result.controls.head])]
