"""One query of the trained decoder looked up among its keys, step by step; then two tokens exchange keys or values."""

from functools import lru_cache
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.attention.language_model import (
    Answers,
    HeadControls,
    TextRun,
    answers,
    ask,
    language_model,
    run_text,
)
from app.experiments.base import Measurements
from models.attention.dot_product import scaled_dot_product
from models.attention.grouped_query import repeat_kv
from models.interpretability.altered_attention import altered, swapping
from models.transformer.decoder import Decoder

Exchange = Literal["values", "keys", "both"]


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

    @property
    def query(self) -> int:
        return self.controls.token(len(self.text.pieces))

    @property
    def after(self) -> TextRun:
        return self.exchanged[self.controls.exchange]


def exchanging(model: Decoder, layer: int, pair: tuple[int, int], what: str) -> Decoder:
    """The model in which two tokens of one layer come with each other's key, value or both."""
    attend = swapping(*pair, keys=what != "values", values=what != "keys")
    return altered(model, lambda number, _: attend if number == layer else scaled_dot_product)


@lru_cache(maxsize=32)
def asked(layer: int, what: str, seed: int, device: str) -> Answers:
    """The questions, after the two cities in them have exchanged what they exchange; "nothing" leaves them."""
    model = language_model(device)
    pair = int(ask(seed).stated[0]), int(ask(seed).not_asked[0])  # all are built alike
    return answers(model if what == "nothing" else exchanging(model, layer, pair, what), seed)


def run(controls: ExchangeControls, device: str) -> ExchangeResult:
    model = language_model(device)
    text = run_text(model, controls.sentence)
    pair = controls.pair(len(text.pieces))
    trace = text.layers[controls.layer]
    return ExchangeResult(
        controls=controls,
        text=text,
        keys=repeat_kv(trace.k, trace.q.shape[1])[0],
        exchanged={
            what: run_text(exchanging(model, controls.layer, pair, what), controls.sentence)
            for what in dict.fromkeys(("values", "keys", controls.exchange))
        },
        asked=asked(controls.layer, "nothing", controls.seed, device),
        asked_exchanged=asked(controls.layer, controls.exchange, controls.seed, device),
    )


def measure(result: ExchangeResult) -> Measurements:
    controls, questions = result.controls, ask(result.controls.seed)
    layer, query = controls.layer, result.query
    before, after = result.text.layers[layer], result.after.layers[layer]
    output, changed = (trace.output[0, controls.head, query] for trace in (before, after))
    by_value, by_key = (result.exchanged[what].layers[layer].output[0, :, query] for what in ("values", "keys"))
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
