"""The figures of cross-attention: one head's map, which heads align, and what is left without the source."""

import torch

from app.experiments.attention.cross_attention.run import CrossResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Plotted
from visualizers.heads import token_map
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import INK
from visualizers.tokens import token_bars

CAPTIONS = {
    "as read": "Rows are the words generated, columns are the source. Their order differs.",
    "empty": "All states are zero, so all keys are equal, and so are the weights of a row.",
    "another sentence": "The columns are another sentence now, and the decoder translates that one.",
    "articles empty": "The states of the articles are zero; those of all other words are as read.",
}

STATES = {
    "as read": "the states as read",
    "empty": "empty states",
    "another sentence": "another sentence's states",
    "articles empty": "the articles' states empty",
}


def figures(result: CrossResult, metrics: Measurements) -> Figures:
    return {
        "alignment": _alignment(result, metrics),
        "heads": _heads(result, metrics),
        "without": _without(result, metrics),
    }


def _alignment(result: CrossResult, metrics: Measurements) -> Figure:
    controls = result.controls
    layer, head = controls.layer, controls.head
    weights, trace = result.weights[layer, head].numpy(), result.layers[layer]
    visible = torch.ones(trace.weights.shape[-2:], dtype=torch.bool)
    return Figure(
        title=f"Cross-attention weights: layer {layer}, head {head}",
        caption=CAPTIONS[controls.states],
        text=(
            f"“{' '.join(result.written[:-1])}” is generated. In held-out sentences this head puts its largest weight"
            f" on the word being translated in {metrics['aligned_share_of_this_head']:.0%} of cases."
        ),
        plot=token_map(weights, result.written, result.source, column_title="source", high=1.0),
        height=300,
        half=True,
        sources=[Plotted(origins_of(trace, visible).weights, lambda w: w[0, head])],
    )


def _heads(result: CrossResult, metrics: Measurements) -> Figure:
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
        caption="Words whose largest weight lies on the word being translated, in held-out sentences. Click a head.",
        text=f"The best head aligns {metrics['aligned_share_of_best_head']:.0%} of the words.",
        plot=drawn.update_layout(margin={"l": 56, "r": 6, "t": 6, "b": 44}),
        height=300,
        half=True,
    )


def _without(result: CrossResult, metrics: Measurements) -> Figure:
    other = "empty" if result.controls.states == "as read" else result.controls.states
    shown = {name: result.probabilities[name].numpy() for name in ("as read", other)}
    instead = (
        f"; in {metrics['translates_the_states_share']:.0%} the other sentence is translated"
        if result.controls.states == "another sentence"
        else ""
    )
    return Figure(
        title="Probability of each word of the translation",
        caption=f"With the states {{c1|as read}}, and with {{c2|{STATES[other]}}} in their place.",
        text=(
            f"With {STATES[result.controls.states]} {metrics['exact_match_share']:.0%} of held-out sentences are"
            f" translated without an error{instead}."
        ),
        plot=token_bars(result.answer, shown),
        height=230,
    )
