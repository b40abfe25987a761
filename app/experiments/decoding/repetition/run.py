"""Greedy texts with a penalty on tokens that they hold already: loops, and what else the penalty takes."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements, Sentence
from app.experiments.decoding.repetition.penalised import (
    CHECKPOINT,
    Penalised,
    Rule,
    chooser,
    measured,
    model_of,
    penalised,
)
from app.experiments.text_model import ModelControls, TextModel, text_model
from models.language.generation import generate
from models.language.repetition import in_repeated_runs
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import END

LONGEST, WRITTEN, BY_PUBLISHED = 32, 42, 21  # tokens of the prompt, after it, and those by a published model
GRID = (1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 2.5, 3.0)
STRONG = 2.0
SHOWN = 6  # tokens whose logits are shown


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
    known = measured(c.rule, first, c.shift, c.seed, device)
    yield result._replace(by_penalty=known)
    known |= measured(c.rule, tuple(at for at in GRID if at not in first), c.shift, c.seed, device)
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
