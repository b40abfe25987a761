"""One query of the trained decoder looked up among its keys, step by step; then two tokens exchange keys or values."""

from functools import lru_cache
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.attention.trained import Answers, HeadControls, TextRun, answers, ask, language_model, run_text
from app.experiments.base import Experiment, Figure, Figures, Measurements
from models.attention.altered import altered, swapping
from models.attention.dot_product import scaled_dot_product
from models.attention.grouped_query import share
from models.language.tokenizer import labels
from models.transformer.decoder import Decoder
from visualizers.distribution import grouped_bars
from visualizers.lookup import STAGES, lookup
from visualizers.tokens import token_bars

Exchange = Literal["values", "keys", "both"]
WORDS = 2  # of each forecast are drawn


class ExchangeControls(HeadControls):
    exchange: Exchange = Field(
        "values", title="Exchange", description="What two tokens swap, in all heads of the layer"
    )
    one: int = Field(4, ge=0, le=43, title="One token", description="Counted from 0")
    other: int = Field(9, ge=0, le=43, title="Other token", description="Counted from 0")

    def pair(self, count: int) -> tuple[int, int]:
        """Both tokens, the last one standing in for those beyond the text."""
        return min(self.one, count - 1), min(self.other, count - 1)


class ExchangeResult(NamedTuple):
    controls: ExchangeControls
    text: TextRun
    keys: Tensor  # (H, T, K) of the picked layer, each query head's
    exchanged: dict[str, TextRun]  # what was exchanged → the same text
    asked: Answers
    asked_exchanged: Answers


def exchanging(model: Decoder, layer: int, pair: tuple[int, int], what: str) -> Decoder:
    """The model in which two tokens of one layer come with each other's key, value or both."""
    attend = swapping(*pair, keys=what != "values", values=what != "keys")
    return altered(model, lambda number, _: attend if number == layer else scaled_dot_product)


@lru_cache(maxsize=32)
def asked(layer: int, what: str, seed: int, device: str) -> Answers:
    """The questions, after the two cities in them have exchanged what they exchange; "nothing" leaves them."""
    model = language_model(device)
    pair = int(ask(seed).told[0]), int(ask(seed).untold[0])  # all are built alike
    return answers(model if what == "nothing" else exchanging(model, layer, pair, what), seed)


def run(controls: ExchangeControls, device: str) -> ExchangeResult:
    model = language_model(device)
    text = run_text(model, controls.sentence)
    pair = controls.pair(len(text.pieces))
    trace = text.layers[controls.layer]
    return ExchangeResult(
        controls=controls,
        text=text,
        keys=share(trace.k, trace.q.shape[1])[0],
        exchanged={
            what: run_text(exchanging(model, controls.layer, pair, what), controls.sentence)
            for what in dict.fromkeys(("values", "keys", controls.exchange))
        },
        asked=asked(controls.layer, "nothing", controls.seed, device),
        asked_exchanged=asked(controls.layer, controls.exchange, controls.seed, device),
    )


def measure(result: ExchangeResult) -> Measurements:
    controls, questions = result.controls, ask(result.controls.seed)
    layer = controls.layer
    query = controls.token(len(result.text.pieces))
    before, after = result.text.layers[layer], result.exchanged[controls.exchange].layers[layer]
    output, changed = (trace.mixed[0, controls.head, query] for trace in (before, after))
    by_value, by_key = (result.exchanged[what].layers[layer].mixed[0, :, query] for what in ("values", "keys"))
    asked_change = (result.asked_exchanged.weights[:, layer] - result.asked.weights[:, layer]).abs().max()
    named = result.asked_exchanged.logits.argmax(dim=-1)
    return {
        "largest_weight_change": max((after.weights - before.weights).abs().max().item(), asked_change.item()),
        "output_change_share": ((changed - output).norm() / output.norm()).item(),
        "keys_against_values_difference": (by_value - by_key).abs().max().item(),
        "named_the_other_city_share": (named == questions.other).float().mean().item(),
        "still_right_share": (named == questions.answer).float().mean().item(),
        "right_before_share": (result.asked.logits.argmax(dim=-1) == questions.answer).float().mean().item(),
        "largest_score": before.scores[0, controls.head, query, : query + 1].max().item(),
        "largest_weight": before.weights[0, controls.head, query].max().item(),
    }


def forecasts(before: TextRun, after: TextRun) -> tuple[list[str], Tensor, Tensor]:
    """The likeliest next tokens of both runs, and their probabilities in each."""
    p, q = (run.logits[-1].softmax(dim=-1) for run in (before, after))
    shown = list(dict.fromkeys([*p.topk(WORDS).indices.tolist(), *q.topk(WORDS).indices.tolist()]))
    return [labels()[token] for token in shown], p[shown], q[shown]


def draw(result: ExchangeResult) -> Figures:
    controls, text = result.controls, result.text
    layer, head, query = controls.layer, controls.head, controls.token(len(text.pieces))
    trace, after = text.layers[layer], result.exchanged[controls.exchange]
    seen = query + 1  # later tokens are out of sight
    scores, weights = (part[0, head, query, :seen] for part in (trace.scores, trace.weights))
    found = int(weights.argmax())
    one, other = (text.pieces[token] for token in controls.pair(len(text.pieces)))
    changed = after.layers[layer].weights[0, head, query, :seen]
    words, p, q = forecasts(text, after)
    what = {"values": "values", "keys": "keys", "both": "keys and values"}[controls.exchange]
    metrics = measure(result)
    return {
        "lookup": Figure(
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
                trace.mixed[0, head, query].numpy(),
                sets="query",
            ),
            height=min(580, 130 + 20 * seen),
            steps="step",
            start=len(STAGES) - 1,
        ),
        "weights": Figure(
            title="Its weights, before and after the exchange",
            caption="{c1|Before} and {c2|after}. Values do not vote: only an exchange of keys moves weight.",
            text=(
                f"“{one}” and “{other}” exchange their {what}: the largest change of a weight in layer {layer} is"
                f" {metrics['largest_weight_change']:.3g}."
            ),
            plot=token_bars(text.pieces[:seen], {"before": weights.numpy(), "after": changed.numpy()}),
            height=250,
            half=True,
        ),
        "forecast": Figure(
            title="The next word, before and after",
            caption="{c1|Before} and {c2|after} the exchange, probability.",
            text=(
                f"In {len(result.asked.logits)} other texts the model names the other city in"
                f" {metrics['named_the_other_city_share']:.0%},"
                f" the one that was told in {metrics['still_right_share']:.0%}."
            ),
            plot=grouped_bars({"before": p.numpy(), "after": q.numpy()}, labels=words),
            height=250,
            half=True,
        ),
    }


EXPERIMENT = Experiment(
    "query-key-value",
    ExchangeControls,
    run,
    measure,
    draw,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
)
