"""One query of the trained decoder meets its keys; then parts of one layer come from another text."""

from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.language_model import (
    HeadControls,
    Questions,
    TextRun,
    ask,
    attention_of,
    language_model,
    run_text,
)
from app.experiments.base import Measurements, Sentence
from app.experiments.memo import memo
from models.attention.dot_product import scaled_dot_product
from models.attention.grouped_query import repeat_kv
from models.interpretability.altered_attention import altered, patched
from models.transformer.decoder import Decoder

Source = Literal["values", "keys", "keys and values", "values and queries", "keys and queries"]


class PatchControls(HeadControls):
    renamed: ClassVar = {"exchange": "from_b", "exchange=both": "keys and values"}
    second: Sentence = Field(
        "Ben lives in Rome . Ada lives in Paris . Ada lives in",
        title="Text B",
        description="What is patched comes from here, position by position",
    )
    from_b: Source = Field("values", title="From text B", description="In all heads of the layer")


class Named(NamedTuple):
    """Shares of the questions in which the model names …"""

    own: float  # … the answer of text A
    own_other: float  # … the other city of text A
    b_same_position: float  # … the city of text B where A states its answer
    b_answer: float  # … the answer of text B
    before: float  # … the answer of text A, when nothing is patched


class PatchResult(NamedTuple):
    controls: PatchControls
    text: TextRun  # text A
    keys: Tensor  # (H, T, K) of the picked layer, each query head's
    after: TextRun  # text A, patched
    second: list[str]  # tokens that were typed as text B
    named: Named | None  # None for a published model, which is not asked about the tiny world
    named_with_keys: Named | None  # when only the keys come from text B
    notices: list[str]

    @property
    def query(self) -> int:
        return self.controls.token(len(self.text.pieces))


def patching(model: Decoder, layer: int, source: Source, keys: Tensor, values: Tensor, queries: Tensor) -> Decoder:
    """The model in which one layer takes what ``source`` names of these (B, H, T, K) in place of its own."""
    taken = {"keys": keys, "values": values, "queries": queries}
    attend = patched(**{name: part for name, part in taken.items() if name in source})
    return altered(model, lambda number, _: attend if number == layer else scaled_dot_product)


def other_texts(questions: Questions) -> Tensor:
    """For each question a text B, (N, T): the two people in the other order, in cities of another question."""
    ids, elsewhere = questions.ids.clone(), questions.ids.roll(1, dims=0)
    for place, other in ((1, 6), (6, 1)):
        ids[:, place] = questions.ids[:, other]
    for place in (4, 9):
        ids[:, place] = elsewhere[:, place]
    return ids


@memo
@torch.inference_mode()
def named(layer: int, source: Source, seed: int, device: str) -> Named:
    questions, model = ask(seed), language_model(device)
    b, rows = other_texts(questions), torch.arange(len(questions.ids))
    trace = attention_of(model(b.to(device))[1])[layer]
    H = trace.q.shape[1]
    changed = patching(model, layer, source, repeat_kv(trace.k, H), repeat_kv(trace.v, H), trace.q)
    found, before = (run(questions.ids.to(device))[0][:, -1].argmax(dim=-1).cpu() for run in (changed, model))
    cities = questions.answer, questions.other, b[rows, questions.stated], b[rows, questions.not_asked]
    own, own_other, b_same_position, b_answer = ((found == city).float().mean().item() for city in cities)
    return Named(own, own_other, b_same_position, b_answer, (before == questions.answer).float().mean().item())


def run(controls: PatchControls, device: str) -> PatchResult:
    model, layer, name = language_model(device, controls.model), controls.layer, controls.model
    text, second = run_text(model, controls.sentence, name), run_text(model, controls.second, name)
    T = min(len(text.pieces), len(second.pieces))
    own, theirs = text.layers[layer], second.layers[layer]
    H = own.q.shape[1]
    keys, values, queries = (
        torch.cat([repeat_kv(b, H)[:, :, :T], repeat_kv(a, H)[:, :, T:]], dim=2)
        for a, b in ((own.k, theirs.k), (own.v, theirs.v), (own.q, theirs.q))
    )
    notices = [*text.notices, *second.notices]
    if len(text.pieces) > T:
        notices.append(f"second: text B has {T} tokens, so positions from {T} on keep what text A has there")
    return PatchResult(
        controls,
        text,
        repeat_kv(own.k, H)[0],
        run_text(patching(model, layer, controls.from_b, keys, values, queries), controls.sentence, name),
        second.pieces if controls.published else second.pieces[1:],  # without the end of another text
        None if controls.published else named(layer, controls.from_b, controls.seed, device),
        None if controls.published else named(layer, "keys", controls.seed, device),
        notices,
    )


def measure(result: PatchResult) -> Measurements:
    controls, query = result.controls, result.query
    before, after = result.text.layers[controls.layer], result.after.layers[controls.layer]
    output, changed = (trace.output[0, controls.head, query] for trace in (before, after))
    return _of_questions(result.named, result.named_with_keys) | {
        "largest_weight_change": (after.weights - before.weights).abs().max().item(),
        "output_change_share": ((changed - output).norm() / output.norm()).item(),
        "largest_score": before.scores[0, controls.head, query, : query + 1].max().item(),
        "largest_weight": before.weights[0, controls.head, query].max().item(),
    }


def _of_questions(named: Named | None, with_keys: Named | None) -> dict[str, float]:
    if named is None or with_keys is None:
        return {}
    return {
        "answer_of_a_share": named.own,
        "other_city_of_a_share": named.own_other,
        "other_city_with_keys_of_b_share": with_keys.own_other,
        "city_of_b_at_the_position_share": named.b_same_position,
        "answer_of_b_share": named.b_answer,
        "answer_of_a_unpatched_share": named.before,
    }
