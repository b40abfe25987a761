"""The three figures of query, key and value: the look-up step by step, and what an exchange does to it."""

from torch import Tensor

from app.experiments.attention.language_model import TextRun
from app.experiments.attention.query_key_value.run import ExchangeResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Drawn
from models.tokenization.tokenizer import labels
from visualizers.distribution import grouped_bars
from visualizers.lookup import STAGES, lookup
from visualizers.tokens import token_bars

WORDS = 2  # of each forecast are drawn
LINES = (
    "q = self.position.turn(",
    "scores = attention_scores(q, k)",
    "weights = attention_weights(scores)",
    "mixed = mix(weights, v)",
    "mixed = mix(weights, v)",
)  # of the code that the page shows, for each of STAGES
SAID = {"values": "values", "keys": "keys", "both": "keys and values"}


def figures(result: ExchangeResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "lookup": _lookup(result),
            "weights": _weights(result, numbers),
            "forecast": _forecast(result, numbers),
        },
        origins(result),
    )


def _lookup(result: ExchangeResult) -> Figure:
    text, layer, head, query = result.text, result.controls.layer, result.controls.head, result.query
    trace, seen = text.layers[layer], query + 1  # later tokens are out of sight
    scores, weights = (part[0, head, query, :seen] for part in (trace.scores, trace.weights))
    found = int(weights.argmax())
    return Figure(
        title=f"“{text.pieces[query]}” asks, layer {layer}, head {head}",
        caption=(
            "Step through: the query meets every key (dot products, each divided by √K), the scores become"
            " {accent|weights}, the weights fade the values, and what is left is added up."
        ),
        text=(
            f"The best match is “{text.pieces[found]}”: score {scores[found]:.3f}, weight {weights[found]:.3f}"
            f" of 1 over {seen} tokens."
        ),
        plot=lookup(
            text.pieces[:seen],
            trace.q[0, head, query].numpy(),
            result.keys[head, :seen].numpy(),
            scores.numpy(),
            weights.numpy(),
            text.values(layer)[head, :seen].numpy(),
            trace.output[0, head, query].numpy(),
            sets="query",
        ),
        height=min(580, 130 + 20 * seen),
        steps="step",
        start=len(STAGES) - 1,
        lines=LINES,
    )


def _weights(result: ExchangeResult, numbers: Measurements) -> Figure:
    controls, tokens = result.controls, result.text.pieces
    one, other = (tokens[token] for token in controls.pair(len(tokens)))
    before, after = (
        run.layers[controls.layer].weights[0, controls.head, result.query, : result.query + 1].numpy()
        for run in (result.text, result.after)
    )
    return Figure(
        title="Its weights, before and after the exchange",
        caption="{c1|Before} and {c2|after}. Values do not vote: only an exchange of keys moves weight.",
        text=(
            f"“{one}” and “{other}” exchange their {SAID[controls.exchange]}: the largest change of a weight in layer"
            f" {controls.layer} is {numbers['largest_weight_change']:.3g}."
        ),
        plot=token_bars(tokens[: len(before)], {"before": before, "after": after}),
        height=250,
        half=True,
    )


def _forecast(result: ExchangeResult, numbers: Measurements) -> Figure:
    words, before, after = forecasts(result.text, result.after)
    return Figure(
        title="The next word, before and after",
        caption="{c1|Before} and {c2|after} the exchange, probability.",
        text=(
            f"In {len(result.asked.logits)} other texts the model names the other city in"
            f" {numbers['named_the_other_city_share']:.0%},"
            f" the one that was told in {numbers['still_right_share']:.0%}."
        ),
        plot=grouped_bars({"before": before.numpy(), "after": after.numpy()}, labels=words),
        height=250,
        half=True,
    )


def forecasts(before: TextRun, after: TextRun) -> tuple[list[str], Tensor, Tensor]:
    """The likeliest next tokens of both runs, and their probabilities in each."""
    p, q = (run.logits[-1].softmax(dim=-1) for run in (before, after))
    shown = list(dict.fromkeys([*p.topk(WORDS).indices.tolist(), *q.topk(WORDS).indices.tolist()]))
    return [labels()[token] for token in shown], p[shown], q[shown]


def origins(result: ExchangeResult) -> list[Drawn]:
    """Before the exchange."""
    layer, head, query = result.controls.layer, result.controls.head, result.query
    seen = query + 1
    q, k, v, scores, weights, output = origins_of(result.text.layers[layer])
    return [
        Drawn("lookup", q, lambda q: q[0, head, query][None], trace=0),
        Drawn("lookup", k, lambda k: k[0, head, :seen], trace=1),
        Drawn("lookup", scores, lambda s: s[0, head, query, :seen], trace=2),
        Drawn("lookup", weights, lambda w: w[0, head, query, :seen], trace=3),
        Drawn("lookup", v, lambda v: v[0, head, :seen], trace=4, unit=None),  # drawn faded by their weights
        Drawn("lookup", output, lambda y: y[0, head, query][None], trace=5),
        Drawn("weights", weights, lambda w: w[0, head, query, :seen]),
    ]
