"""The three figures of attention weights: arcs of one head, weight beside contribution, and weight against effect."""

import numpy as np
import torch

from app.experiments.attention.attention_weights.run import WeightResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Computed, Plotted
from models.interpretability.altered_attention import unnormalised_weights
from models.seeding import generator
from visualizers.log_points import log_points
from visualizers.tokens import arcs, token_bars

POINTS = 500


def figures(result: WeightResult, metrics: Measurements) -> Figures:
    return {
        "arcs": _arcs(result),
        "contribution": _contribution(result, metrics),
        "effect": _effect(result, metrics),
    }


def _arcs(result: WeightResult) -> Figure:
    controls, tokens, query = result.controls, result.text.pieces, result.query
    weights = result.shown.weights[controls.layer, 0, controls.head]
    found = int(weights[query].argmax())
    return Figure(
        title=f"Attention weights of layer {controls.layer}, head {controls.head}",
        caption="An arc joins a query to a key; its width is the weight. Click another {accent|query}.",
        text=(
            f"The weights of “{tokens[query]}” sum to {weights[query].sum():.4g}; the largest,"
            f" {weights[query, found]:.2f}, is on “{tokens[found]}”."
        ),
        plot=arcs(tokens, weights.numpy(), query, sets="query"),
        height=230,
    )


def _contribution(result: WeightResult, metrics: Measurements) -> Figure:
    layer, head, query = result.controls.layer, result.controls.head, result.query
    tokens = result.text.pieces[: query + 1]  # later ones are masked
    weights, added = (part[layer, 0, head, query, : len(tokens)] for part in result.shown)
    shares = added / added.sum()
    whose = "this text" if result.controls.published else "24 other texts"
    chain = origins_of(result.text.layers[layer]).weights
    if result.controls.alter == "no division":
        chain = Computed(chain.tensor, unnormalised_weights, chain.given)
    return Figure(
        title="Weight and contribution of each token",
        caption="{c1|Weight}, and {c2|share of the contributions}: weight × length of what the value adds.",
        text=(
            f"Most weight is on “{tokens[int(weights.argmax())]}”, the largest contribution is that of"
            f" “{tokens[int(shares.argmax())]}”. In {whose} they differ for"
            f" {metrics['differ_where_divided_share']:.0%} of the queries that give no token half of their weight."
        ),
        plot=token_bars(tokens, {"weight": weights.numpy(), "share of the contributions": shares.numpy()}),
        height=270,
        half=True,
        sources=[Plotted(chain, lambda w: w[0, head, query, : query + 1], "weight")],
    )


def _effect(result: WeightResult, metrics: Measurements) -> Figure:
    others = result.others
    weights = others.spent.weights[-1, :, :, -1].flatten()
    whose = "in your text" if result.controls.published else "in 24 texts"
    some = torch.randperm(len(weights), generator=generator(0))[:POINTS]
    return Figure(
        title="Effect on the prediction when one weighted value is removed",
        caption=f"Each point: one token for one head of the last layer, {whose}. Below 10⁻⁶ drawn there.",
        text=(
            f"Weight alone ranks the effects with a rank correlation of {metrics['rank_correlation_of_weight']:.3f};"
            f" weight times length with {metrics['rank_correlation_of_contribution']:.3f}. The same order would be 1."
        ),
        plot=log_points(
            np.asarray(weights[some]), np.asarray(others.effect.flatten()[some]), x_title="weight", y_title="effect"
        ),
        height=270,
        half=True,
    )
