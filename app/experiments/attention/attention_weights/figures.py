"""The three figures of attention weights: arcs of one head, weight beside contribution, and spread."""

import math

import torch

from app.experiments.attention.attention_weights.run import WeightResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Computed, Drawn
from models.interpretability.altered_attention import undivided_weights
from models.layers.softmax import entropy
from visualizers.tokens import arcs, over, token_bars


def figures(result: WeightResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"arcs": _arcs(result), "contribution": _contribution(result, numbers), "entropy": _entropy(result)},
        origins(result),
    )


def _arcs(result: WeightResult) -> Figure:
    controls, tokens, query = result.controls, result.text.pieces, result.query
    weights = result.shown.weights[controls.layer, 0, controls.head]
    found = int(weights[query].argmax())
    return Figure(
        title=f"Where layer {controls.layer}, head {controls.head} looks",
        caption="An arc joins a token to one that it looks at; width is weight. Click another {accent|query}.",
        text=(
            f"“{tokens[query]}” spends {weights[query].sum():.6g} in all, most of it, {weights[query, found]:.3f},"
            f" on “{tokens[found]}”."
        ),
        plot=arcs(tokens, weights.numpy(), query, sets="query"),
        height=230,
    )


def _contribution(result: WeightResult, numbers: Measurements) -> Figure:
    controls, tokens = result.controls, result.text.pieces[: result.query + 1]  # later ones are out of sight
    weights, sent = (part[controls.layer, 0, controls.head, result.query, : len(tokens)] for part in result.shown)
    shares = sent / sent.sum()
    return Figure(
        title="Weight is not contribution",
        caption="{c1|Weight} of each token, and its {c2|share of what arrives}: weight × length of what it sends.",
        text=(
            f"Most weight goes to “{tokens[int(weights.argmax())]}”, most of what arrives comes from"
            f" “{tokens[int(shares.argmax())]}”. Over {numbers['queries_measured']:,.0f} queries of other texts the two"
            f" differ in {numbers['most_attended_is_not_largest_share']:.1%}; where no token has half of the weight,"
            f" in {numbers['differ_where_divided_share']:.0%}."
        ),
        plot=token_bars(tokens, {"weight": weights.numpy(), "share of what arrives": shares.numpy()}),
        height=260,
        half=True,
    )


def _entropy(result: WeightResult) -> Figure:
    controls, tokens, query = result.controls, result.text.pieces, result.query
    spread = entropy(result.shown.weights[controls.layer, 0, controls.head])
    alike = math.exp(min(spread[query].item(), 9))  # 9: without the division entropy means nothing and may be huge
    drawn = token_bars(tokens, {"entropy": spread.numpy()}, query=query, sets="query")
    return Figure(
        title="How widely each query looks, nats",
        caption="Entropy of a row: 0 is one token alone; the {ink-3|line} is an even spread. Click a bar.",
        text=(
            f"“{tokens[query]}” spreads over {spread[query]:.3f} nats, as if over {alike:.2f} tokens alike; even would"
            f" be {math.log(query + 1):.3f}."
        ),
        plot=over(drawn, torch.arange(1, len(tokens) + 1).log().numpy(), "even"),
        height=260,
        half=True,
    )


def origins(result: WeightResult) -> list[Drawn]:
    layer, head, query = result.controls.layer, result.controls.head, result.query
    weights = origins_of(result.text.layers[layer]).weights
    if result.controls.alter == "no division":
        weights = Computed(weights.tensor, undivided_weights, weights.given)
    shown = Computed(result.shown.weights[layer], weights.by, weights.given)
    return [Drawn("contribution", shown, lambda w: w[0, head, query, : query + 1])]
