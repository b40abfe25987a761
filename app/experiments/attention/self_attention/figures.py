"""The two figures of self-attention: one head's map, and how far each token's weights move when a word changes."""

import torch

from app.experiments.attention.self_attention.run import MixingResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Plotted
from visualizers.heads import token_map
from visualizers.tokens import token_bars

CAPTIONS = {
    "self-attention": "Rows are queries, columns are keys. Each word has weights of its own, before it and after it.",
    "convolution": "A fixed kernel in its place: the same band in every row, whatever the words are.",
}


def figures(result: MixingResult, metrics: Measurements) -> Figures:
    return {"map": _map(result, metrics), "moved": _moved(result, metrics)}


def _map(result: MixingResult, metrics: Measurements) -> Figure:
    controls, tokens, T = result.controls, result.pieces, len(result.pieces)
    sources = []
    if controls.mixer == "self-attention":
        weights = origins_of(result.encoder, torch.ones(T, T, dtype=torch.bool)).weights
        sources.append(Plotted(weights, lambda w: w[0, controls.head]))
    return Figure(
        title=f"Attention weights: layer {controls.layer}, head {controls.head}",
        caption=CAPTIONS[controls.mixer],
        text=(
            f"{metrics['pairs_one_step_apart_share']:.0%} of all pairs of tokens are connected in this layer."
            f" {metrics['weight_on_later_words_percent']:.0f}% of the weight lies on later tokens."
        ),
        plot=token_map(
            result.chosen.weights[controls.head].numpy(), tokens, tokens, column_title="key", bold_row=result.place,
            bold_column=result.place, high=1.0,
        ),
        height=350,
        half=True,
        sources=sources,
    )  # fmt: skip


def _moved(result: MixingResult, metrics: Measurements) -> Figure:
    return Figure(
        title=f"“{result.pieces[result.place]}” becomes “{result.instead}”: weight that moves, by query",
        caption=(
            "{c1|Self-attention}: the weights of other words change too. {c2|Convolution}: no weight changes. Click a"
            " bar to change that word."
        ),
        text=(
            f"With {result.controls.mixer}, {metrics['mean_change_of_other_rows']:.1%} of the weight of the other"
            " words moves, on average."
        ),
        plot=token_bars(
            result.pieces,
            {name: way.moved.numpy() for name, way in result.mixed.items()},
            query=result.place,
            sets="changed",
        ),
        height=350,
        half=True,
    )
