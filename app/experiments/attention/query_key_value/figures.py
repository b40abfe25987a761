"""The three figures of query, key and value: a query meets its keys step by step, and what text B changes."""

from torch import Tensor

from app.experiments.attention.language_model import TextRun
from app.experiments.attention.query_key_value.run import PatchResult
from app.experiments.attention.sources import AttentionOrigins, origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Plotted
from visualizers.distribution import grouped_bars
from visualizers.lookup import STAGES, lookup
from visualizers.tokens import token_bars

WORDS = 2  # of each prediction are shown
LINES = (
    "q = self.position.turn(",
    "scores = attention_scores(q, k)",
    "weights = attention_weights(scores)",
    "mixed = mix(weights, v)",
    "mixed = mix(weights, v)",
)  # of the code that the page shows, for each of STAGES


def figures(result: PatchResult, metrics: Measurements) -> Figures:
    chain = origins_of(result.text.layers[result.controls.layer])
    return {
        "lookup": _lookup(result, chain),
        "weights": _weights(result, metrics, chain),
        "prediction": _prediction(result, metrics),
    }


def _lookup(result: PatchResult, chain: AttentionOrigins) -> Figure:
    text, layer, head, query = result.text, result.controls.layer, result.controls.head, result.query
    trace, seen = text.layers[layer], query + 1  # later tokens are masked
    scores, weights = (part[0, head, query, :seen] for part in (trace.scores, trace.weights))
    found = int(weights.argmax())
    return Figure(
        title=f"The query of “{text.pieces[query]}” in text A: layer {layer}, head {head}",
        caption=(
            "Step through: dot products with every key, the softmax that makes {accent|weights}, the values, their"
            " weighted sum. Click a row to make it the query."
        ),
        text=(
            f"The best match is “{text.pieces[found]}”: score {scores[found]:.2f}, weight {weights[found]:.2f} of 1."
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
        sources=[
            Plotted(chain.q, lambda q: q[0, head, query][None], "query"),
            Plotted(chain.k, lambda k: k[0, head, :seen], "keys"),
            Plotted(chain.scores, lambda s: s[0, head, query, :seen], "scores"),
            Plotted(chain.weights, lambda w: w[0, head, query, :seen], "weights"),
            Plotted(chain.v, lambda v: v[0, head, :seen], "values", unit=None),  # they fade with their weights
            Plotted(chain.output, lambda y: y[0, head, query][None], "output"),
        ],
    )


def _weights(result: PatchResult, metrics: Measurements, chain: AttentionOrigins) -> Figure:
    controls, tokens, head, query = result.controls, result.text.pieces, result.controls.head, result.query
    before, after = (
        run.layers[controls.layer].weights[0, head, query, : query + 1].numpy() for run in (result.text, result.after)
    )
    change = metrics["largest_weight_change"]
    return Figure(
        title=f"Its weights: {controls.from_b} from text B",
        caption="{c1|Before} and {c2|after}. Queries and keys make the weights; values have no part in them.",
        text=(
            f"With {controls.from_b} of text B the largest change of a weight in layer {controls.layer} is"
            f" {change:.2g}."
        ),
        plot=token_bars(tokens[: len(before)], {"before": before, "after": after}),
        height=250,
        half=True,
        sources=[Plotted(chain.weights, lambda w: w[0, head, query, : query + 1], "before")],
    )


def _prediction(result: PatchResult, metrics: Measurements) -> Figure:
    words, before, after = predictions(result.text, result.after)
    first, now = (run.prediction(-1)[0] for run in (result.text, result.after))
    found = f"The most probable next token is “{first}” before and “{now}” after."
    return Figure(
        title="Predicted next word",
        caption=f"{{c1|Before}} and {{c2|after}}, probability. Text B: {' '.join(result.second)}",
        text=found
        if result.named is None
        else (
            f"Of 24 held-out questions the model answers {metrics['answer_of_a_unpatched_share']:.0%} before and"
            f" {metrics['answer_of_a_share']:.0%} after. Now it names the city of text B at the same position in"
            f" {metrics['city_of_b_at_the_position_share']:.0%}."
        ),
        plot=grouped_bars({"before": before.numpy(), "after": after.numpy()}, labels=words),
        height=250,
        half=True,
    )


def predictions(before: TextRun, after: TextRun) -> tuple[list[str], Tensor, Tensor]:
    """The most probable next tokens of both runs, and their probabilities in each."""
    p, q = (run.logits[-1].softmax(dim=-1) for run in (before, after))
    shown = list(dict.fromkeys([*p.topk(WORDS).indices.tolist(), *q.topk(WORDS).indices.tolist()]))
    return [before.label(token) for token in shown], p[shown], q[shown]
