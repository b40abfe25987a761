"""The figures of self-attention: a map that sees both sides, one that looks back only, and what a kernel cannot do."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.attention.self_attention.run import (
    MixingResult,
)
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Drawn
from visualizers.heads import large_map, token_map
from visualizers.token_rows import by_token_and_distance

CAPTIONS = {
    "self-attention": "A trained encoder: every word looks at every word, its own row from its own content.",
    "convolution": "A kernel in its place: one band, the same in every row, whatever the words are.",
}


def figures(result: MixingResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "both_sides": _both_sides(result, numbers),
            "causal": _causal(result, numbers),
            "mixing": _mixing(result, numbers),
        },
        origins(result),
    )


def _both_sides(result: MixingResult, numbers: Measurements) -> Figure:
    controls, tokens = result.controls, result.pieces
    drawn = token_map(
        result.chosen.weights[controls.head].numpy(), tokens, tokens, column_title="looks at", bold_row=result.place,
        bold_column=result.place, high=1.0,
    )  # fmt: skip
    return Figure(
        title=f"Both sides in sight: layer {controls.layer}, head {controls.head}",
        caption=CAPTIONS[controls.mixer],
        text=(
            f"The layer's {len(result.chosen.weights)} heads spend"
            f" {numbers['weight_on_later_words_percent']:.0f} % of their weight on later tokens."
        ),
        plot=drawn,
        height=330,
        half=True,
    )


def _causal(result: MixingResult, numbers: Measurements) -> Figure:
    controls = result.controls
    drawn = large_map(result.causal.numpy(), result.causal_pieces)
    return Figure(
        title=f"Only the past: layer {controls.layer}, head {controls.head} of a decoder",
        caption="The same sentence, read by a model that writes: what comes later does not exist yet.",
        text=f"{numbers['causal_weight_on_later_words_percent']:.0f} % of the weight lies on later tokens.",
        plot=drawn,
        height=330,
        half=True,
    )


def by_distance(reach: Tensor) -> np.ndarray:
    """The mean gradient at each distance, as a share of their sum."""
    T = len(reach)
    both_ways = [(reach.diagonal(d).mean() + reach.diagonal(-d).mean()).item() / 2 for d in range(T)]
    return np.array(both_ways) / sum(both_ways)


def _mixing(result: MixingResult, numbers: Measurements) -> Figure:
    mixed = result.mixed
    kernel = result.controls.kernel
    before = result.pieces[result.place]
    return Figure(
        title=f"“{before}” becomes “{result.instead}”: who mixes anew, and who hears whom",
        caption=(
            f"{{c1|Self-attention}} and a {{c2|kernel of {kernel}}} in its place. Above: the share of each token's"
            " weight that moves. Below: how much of an output's gradient comes from how far."
        ),
        text=(
            f"With {result.controls.mixer} the other rows move by {numbers['mean_change_of_other_rows']:.3g} on"
            f" average, {numbers['pairs_one_step_apart_share']:.0%} of all pairs touch in one layer, and the two ends"
            f" after {numbers['layers_to_join_ends']:g}. Comparing and mixing these tokens takes"
            f" {numbers['mixing_operations']:,.0f} operations, the layer's matrices"
            f" {numbers['projecting_operations']:,.0f}."
        ),
        plot=by_token_and_distance(
            result.pieces,
            {name: way.moved.numpy() for name, way in mixed.items()},
            {name: by_distance(way.reach) for name, way in mixed.items()},
            titles=("share of weight moved", "share of the gradient"),
            query=result.place,
            sets="changed",
        ),
        height=400,
    )


def origins(result: MixingResult) -> list[Drawn]:
    head = result.controls.head
    drawn = [Drawn("causal", origins_of(result.decoder).weights, lambda w: w[0, head])]
    if result.controls.mixer == "self-attention":
        T = len(result.pieces)
        weights = origins_of(result.encoder, torch.ones(T, T, dtype=torch.bool)).weights
        drawn.append(Drawn("both_sides", weights, lambda w: w[0, head]))
    return drawn
