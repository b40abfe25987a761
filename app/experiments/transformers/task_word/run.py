"""A trained T5 whose first word names the task: that word hidden, the scores divided, the sentinels exchanged."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.transformers.clause import Clause
from models.data.named_tasks import NAMED, TARGET, TASKS, Exchange, Task, drawn, named, with_gaps
from models.data.tok_sentences import END, PAD, parsed
from models.language.from_states import all_right, generated
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.text_to_text import TRAININGS, pretrained
from models.transformer.t5 import T5
from models.transformer.t5_mistakes import mistaken

EXAMPLE = "the red cat helps the goat"
HELD_OUT = 192

Hidden = Literal["nothing", "the first word", "the word behind it"]
Scores = Literal["as trained", "divided by √K", "divided, keys rescaled", "bias divided by √K"]
SLIPS: dict[Scores, str] = {
    "as trained": "none",
    "divided by √K": "scores divided by √K",
    "divided, keys rescaled": "divided, keys rescaled",
    "bias divided by √K": "bias divided by √K",
}


class TaskControls(Controls):
    sentence: Clause = Field(EXAMPLE, title="Sentence", description="the (adjective) noun verb the (adjective) noun")
    hidden: Hidden = Field("nothing", title="Hidden from all attention")
    scores: Scores = Field("as trained", title="Scores of all attention")
    sentinels: Literal["<0>, <1>", "<1>, <0>"] = Field(
        "<0>, <1>", title="Sentinels in the source", description="From left to right; in training <0> came first"
    )
    training: int = Field(0, ge=0, le=TRAININGS - 1, title="Training", description="Which of three trainings")


class TaskResult(NamedTuple):
    controls: TaskControls
    typed: dict[Task, Exchange]
    written: dict[Task, Tensor]  # (T,) what is generated for the sentence typed
    match: dict[Task, float]  # exact match of held-out sentences
    gaps: float
    by_place: float
    model: T5
    parameters: int


def visible(source: Tensor, hidden: Hidden) -> Tensor:
    """Which tokens may be attended to, (B, 1, 1, S): no padding, and not the one that is hidden."""
    mask = source != PAD
    if hidden != "nothing":
        mask[:, 0 if hidden == "the first word" else 1] = False
    return mask[:, None, None]


def model_of(scores: Scores, training: int) -> T5:
    return mistaken(pretrained(training), SLIPS[scores])


def output(model: T5, given: Exchange, hidden: Hidden) -> Tensor:
    return generated(model, model.encode(given.source, visible(given.source, hidden)), END, TARGET)


class Judged(NamedTuple):
    match: dict[Task, float]
    gaps: float  # words right in the gaps by their numbers
    by_place: float  # and by their order in the source


@memo
@torch.inference_mode()
def judged(scores: Scores, training: int, hidden: Hidden, swapped: bool, seed: int) -> Judged:
    """The share of held-out sentences whose answer is right to the end, by task, and of words right in the gaps."""
    model, match, gaps, by_place = model_of(scores, training), dict[Task, float](), 0.0, 0.0
    for task in TASKS:
        given = drawn(HELD_OUT, task, generator(seed + 40_000), held=True, swapped=swapped)
        found = output(model, given, hidden)
        match[task] = all_right(found, given.target, PAD).float().mean().item()
        if task == "fill":
            words, wanted = found[:, 1:4:2], given.target[:, 1:4:2]  # (B, 2)
            gaps = (words == wanted).float().mean().item()
            by_place = (words == (wanted.flip(1) if swapped else wanted)).float().mean().item()
    return Judged(match, gaps, by_place)


@torch.inference_mode()
def run(controls: TaskControls, device: str) -> TaskResult:
    c = controls
    model, given = model_of(c.scores, c.training), parsed(c.sentence)
    numbers = (1, 0) if c.sentinels == "<1>, <0>" else (0, 1)
    typed: dict[Task, Exchange] = {task: named(given, task) for task in NAMED}
    typed["fill"] = with_gaps(given, torch.tensor([[0, 2]]), numbers)
    found = judged(c.scores, c.training, c.hidden, numbers == (1, 0), c.seed)
    written = {task: output(model, one, c.hidden)[0] for task, one in typed.items()}
    return TaskResult(c, typed, written, found.match, found.gaps, found.by_place, model, parameter_count(model))


def measure(result: TaskResult) -> Measurements:
    c = result.controls
    return {
        "sources_as_trained": float(c.hidden == "nothing" and c.sentinels == "<0>, <1>"),
        "follows_the_task_share": sum(result.match[task] for task in NAMED) / len(NAMED),
        "lowest_exact_match": min(result.match.values()),
        **{f"exact_match_{task}": share for task, share in result.match.items()},
        "gap_words_right": result.gaps,
        "gap_words_by_place": result.by_place,
    }
