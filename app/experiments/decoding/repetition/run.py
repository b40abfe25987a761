"""Greedy texts with a penalty on tokens that they hold already: loops, and what else the penalty takes."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.experiments.base import Measurements, Sentence
from app.experiments.decoding.search.run import beginnings
from app.experiments.memo import memo
from app.experiments.text_model import ModelControls, TextModel, text_model
from models.data.corpus import Question, encoded, questions
from models.language.beam_search_batch import repeated_share
from models.language.generation import Choose, continuation, generate
from models.language.pretrained_decoders import pretrained
from models.language.repetition import absent, divided_log_probabilities, in_repeated_runs
from models.language.sampling import greedy, repetition_penalty
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import END
from models.training.metrics import told_facts
from models.transformer.decoder import Decoder

CHECKPOINT = "decoder_medium"
LONGEST, WRITTEN, BY_PUBLISHED = 32, 42, 21  # tokens of the prompt, after it, and those by a published model
PROMPTS, LOOP_TOKENS, ASKED = 16, 48, 24  # beginnings, tokens after each, answers of each kind
GRID = (1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 2.5, 3.0)
STRONG = 2.0
SHOWN = 6  # tokens whose logits are shown

Rule = Literal["as published", "log-probabilities are divided", "other tokens are penalised"]
Kind = Literal["stated in the text", "stated in training"]
KINDS: tuple[Kind, ...] = ("stated in the text", "stated in training")


class RepetitionControls(ModelControls):
    tiny = CHECKPOINT
    prompt: Sentence = Field("Ruth", title="Prompt", description="Greedy decoding continues it")
    penalty: float = Field(
        1.2, ge=1, le=3, multiple_of=0.1, title="Penalty θ", description="On each token already in the text; 1: none"
    )
    rule: Rule = Field("as published", title="Rule")
    shift: int = Field(
        0, ge=-5, le=5, title="Added to all logits first", description="Their softmax does not change by it"
    )


class Penalised(NamedTuple):
    """What a penalty does to many texts."""

    repeated: float  # share of 4-grams that occurred before in the same text
    right: dict[Kind, float]  # share of answers that are the likeliest token


class Shown(NamedTuple):
    """The typed prompt, continued without a penalty and with it."""

    prompt: list[str]
    words: tuple[list[str], list[str]]
    repeats: tuple[list[bool], list[bool]]
    step: int  # the first at which the two choices differ, else the last
    logits: Tensor  # (V,) there, with the shift, before the penalty
    seen: Tensor  # (T,) tokens so far
    after: Tensor  # (V,)


class RepetitionResult(NamedTuple):
    controls: RepetitionControls
    shown: Shown
    label: dict[int, str]  # of the tokens that may be shown
    by_penalty: dict[float, Penalised]  # as far as they are measured; none for a published model
    parameters: int
    notices: list[str]


def penalised(rule: Rule, z: Tensor, seen: Tensor, penalty: float, shift: float) -> Tensor:
    """Logits (B, V) after the rule; no penalty leaves them as they are."""
    z = z + shift
    if penalty == 1:
        return z
    if rule == "log-probabilities are divided":
        return divided_log_probabilities(z, seen, penalty)
    if rule == "other tokens are penalised":
        seen = absent(seen, z.shape[1], generator(seen.shape[1]))
    return repetition_penalty(z, seen, penalty)


def chooser(rule: Rule, penalty: float, shift: float, end: int | None) -> Choose:
    """Greedy, never the token that ends a text."""

    def chosen(z: Tensor, seen: Tensor) -> Tensor:
        found = penalised(rule, z, seen, penalty, shift)
        return greedy(found if end is None else found.index_fill(1, found.new_tensor([end]).long(), -torch.inf))

    return chosen


@memo
def repeated(rule: Rule, penalties: tuple[float, ...], shift: int, seed: int, device: str) -> dict[float, float]:
    """Penalty → share of repeated 4-grams in texts that may not end; the texts of all penalties are one batch."""
    ids = beginnings(seed)[:PROMPTS].to(device)
    choose = [chooser(rule, penalty, shift, END) for penalty in penalties]

    def chosen(z: Tensor, seen: Tensor) -> Tensor:
        parts = zip(choose, z.split(PROMPTS), seen.split(PROMPTS), strict=True)
        return torch.cat([each(logits, text) for each, logits, text in parts])

    new = continuation(model_of(device), ids.repeat(len(penalties), 1), LOOP_TOKENS, chosen)
    return {at: repeated_share(part) for at, part in zip(penalties, new.split(PROMPTS), strict=True)}


def model_of(device: str) -> Decoder:
    return pretrained(CHECKPOINT, device)


@memo
def stated_often() -> list[Question]:
    return told_facts("often")


def questions_of(kind: Kind, seed: int) -> list[Question]:
    if kind == "stated in the text":
        return [encoded(sample) for sample in questions("context_facts", ASKED // 2, seed, "held_out", people=2)]
    known = stated_often()
    return [known[int(at)] for at in torch.randperm(len(known), generator=generator(seed))[:ASKED]]


@memo
@torch.inference_mode()
def asked(kind: Kind, seed: int, device: str) -> list[tuple[Tensor, Tensor, int]]:
    """For each answer: the logits (1, V) before it, the text so far (1, T), and the token that is right."""
    found = questions_of(kind, seed)
    ids = pad_sequence([torch.as_tensor(one.ids) for one in found], batch_first=True).to(device)
    z = model_of(device)(ids)[0]
    return [
        (z[row, a.start - 1][None], ids[row, : a.start][None], int(ids[row, a.start]))
        for row, one in enumerate(found)
        for a in one.answers
    ]


@memo
def right(kind: Kind, rule: Rule, penalty: float, shift: int, seed: int, device: str) -> float:
    hits = [
        int(greedy(penalised(rule, z, seen, penalty, shift))) == answer for z, seen, answer in asked(kind, seed, device)
    ]
    return sum(hits) / len(hits)


def measured(c: RepetitionControls, penalties: tuple[float, ...], device: str) -> dict[float, Penalised]:
    shares = repeated(c.rule, penalties, c.shift, c.seed, device)
    return {
        at: Penalised(shares[at], {kind: right(kind, c.rule, at, c.shift, c.seed, device) for kind in KINDS})
        for at in penalties
    }


def shown(c: RepetitionControls, reader: TextModel, ids: Tensor, pieces: list[str]) -> Shown:
    choose = [chooser(c.rule, penalty, c.shift, reader.end) for penalty in (1.0, c.penalty)]

    def chosen(z: Tensor, seen: Tensor) -> Tensor:
        return torch.cat([each(z[row][None], seen[row][None]) for row, each in enumerate(choose)])

    count = BY_PUBLISHED if c.published else WRITTEN
    steps = list(generate(reader.decoder, ids.expand(2, -1), count, chosen))  # without the penalty, and with it
    tokens = [[int(step.tokens[row]) for step in steps] for row in range(2)]
    prompt = ids[0].tolist()
    plain, with_penalty = tokens
    differ = [at for at, (one, other) in enumerate(zip(plain, with_penalty, strict=True)) if one != other]
    step = differ[0] if differ else count - 1
    seen = ids.new_tensor([[*prompt, *with_penalty[:step]]])

    def words(row: list[int]) -> list[str]:
        return [reader.label(token) for token in row]

    def repeats(row: list[int]) -> list[bool]:
        return in_repeated_runs([*prompt, *row])[len(prompt) :]

    after = penalised(c.rule, steps[step].logits[1:], seen, c.penalty, c.shift)[0]
    return Shown(
        pieces,
        (words(plain), words(with_penalty)),
        (repeats(plain), repeats(with_penalty)),
        step,
        steps[step].logits[1] + c.shift,
        seen[0],
        after,
    )


def run(controls: RepetitionControls, device: str) -> Iterator[RepetitionResult]:
    c = controls
    reader = text_model(c.model, device)
    if not c.published:
        reader = TextModel(reader.name, model_of(device), None, END)
    prompt = reader.read(c.prompt, LONGEST, "prompt")
    found = shown(c, reader, prompt.ids, prompt.pieces)
    top = {*found.logits.topk(SHOWN).indices.tolist(), *found.after.topk(SHOWN).indices.tolist()}
    result = RepetitionResult(
        c, found, {token: reader.label(token) for token in top}, {}, parameter_count(reader.decoder), prompt.notices
    )
    if c.published:
        yield result
        return
    first = tuple(sorted({1.0, c.penalty, STRONG}))
    known = measured(c, first, device)
    yield result._replace(by_penalty=known)
    known |= measured(c, tuple(at for at in GRID if at not in first), device)
    yield result._replace(by_penalty=dict(sorted(known.items())))


def measure(result: RepetitionResult) -> Measurements:
    before, after = (sum(row) / len(row) for row in result.shown.repeats)
    found: dict[str, float] = {
        "shown_repeats_without_share": before,
        "shown_repeats_share": after,
        "first_changed_token": result.shown.step + 1,
    }
    if not result.by_penalty:
        return found
    none, yours, strong = (result.by_penalty[at] for at in (1.0, result.controls.penalty, STRONG))
    return found | {
        "penalty": result.controls.penalty,
        "repeated_share": yours.repeated,
        "repeated_without_share": none.repeated,
        "repeats_removed": none.repeated - yours.repeated,
        "right_from_the_text_share": yours.right["stated in the text"],
        "right_from_training_share": yours.right["stated in training"],
        "right_from_the_text_without_share": none.right["stated in the text"],
        "right_from_the_text_at_2_share": strong.right["stated in the text"],
        "right_from_training_at_2_share": strong.right["stated in training"],
        "copying_lost_at_2": none.right["stated in the text"] - strong.right["stated in the text"],
    }
