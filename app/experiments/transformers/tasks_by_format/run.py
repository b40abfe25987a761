"""Twins that learned with and without lines shaped like tasks, asked in several forms; no weight is ever changed."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements
from app.experiments.memo import memo
from app.experiments.text_model import ModelControls, text_model
from models.language.zero_shot import TASKS, Form, Prompt, Task, answers, asked, chance, choose, reformed
from models.parameter_count import parameter_count
from models.training.task_lines import TEXTS, TRAININGS, Lines, pretrained

PROMPTS, PUBLISHED_PROMPTS = 64, 16
BY_READING: tuple[Task, ...] = "reviews", "topics"
"""Tasks that ask for no fact of the tiny world: a published model is given these."""
LISTED = 4
"""Prompts that are written out."""


class FormatControls(ModelControls):
    lines: Lines = Field("all lines", title="Training text", description="Each a training of its own, equally long")
    form: Form = Field("as in training", title="Form of the prompts")
    shown: Literal["one of each", "questions", "pairs", "reviews", "topics"] = Field(
        "one of each", title="Prompts written out"
    )


Reader = Lines | str
"""A twin by its lines, or a published model by its name."""


class Asked(NamedTuple):
    """All prompts of one task, and what a model said."""

    prompts: tuple[Prompt, ...]
    said: list[str]

    @property
    def right(self) -> Tensor:
        """(N,) of 0 and 1"""
        return torch.tensor([said == one.answer for said, one in zip(self.said, self.prompts, strict=True)]).float()


class FormatResult(NamedTuple):
    controls: FormatControls
    twins: Mapping[Reader, Mapping[Task, Asked]]
    chance: list[float]  # by task, of guessing among the answers
    parameters: int

    @property
    def own(self) -> Mapping[Task, Asked]:
        return self.twins[self.reader]

    @property
    def reader(self) -> Reader:
        return self.controls.model if self.controls.published else self.controls.lines


@memo
def read(lines: Lines, form: Form, seed: int, device: str) -> dict[Task, Asked]:
    """What one twin says to ``PROMPTS`` held-out prompts of every task; the seed picks prompts and training."""
    model, found = pretrained(lines, seed % TRAININGS, device), dict[Task, Asked]()
    for task in TASKS:
        prompts = tuple(reformed(prompt, form) for prompt in asked(task, PROMPTS, seed))
        found[task] = Asked(prompts, answers(model, prompts))
    return found


@memo
@torch.inference_mode()
def read_published(name: str, form: Form, seed: int, device: str) -> dict[Task, Asked]:
    """What a published model says: of each prompt's answers, the one whose first token is the likeliest."""
    reader, found = text_model(name, device), dict[Task, Asked]()
    assert reader.vocabulary is not None
    for task in BY_READING:
        prompts = tuple(reformed(prompt, form) for prompt in asked(task, PUBLISHED_PROMPTS, seed))
        said = []
        for z, prompt in zip(reader.last_logits([prompt.text for prompt in prompts]), prompts, strict=True):
            firsts = [reader.vocabulary.encode(f" {choice}").ids[0] for choice in prompt.choices]
            said.append(prompt.choices[int(choose(z, torch.tensor(firsts, device=z.device)))])
        found[task] = Asked(prompts, said)
    return found


def run(controls: FormatControls, device: str) -> FormatResult:
    c = controls
    if c.published:
        own = read_published(c.model, c.form, c.seed, device)
        by_chance = [chance(one.prompts) for one in own.values()]
        return FormatResult(c, {c.model: own}, by_chance, parameter_count(text_model(c.model, device).decoder))
    twins = {lines: read(lines, c.form, c.seed, device) for lines in TEXTS}
    by_chance = [chance(twins[c.lines][task].prompts) for task in TASKS]
    size = parameter_count(pretrained(c.lines, c.seed % TRAININGS, device))
    return FormatResult(c, {str(lines): asked for lines, asked in twins.items()}, by_chance, size)


def measure(result: FormatResult) -> Measurements:
    shares = {task: one.right.mean().item() for task, one in result.own.items()}
    if result.controls.published:
        return {f"published_{task}_share": share for task, share in shares.items()} | {
            "published_chance_share": sum(result.chance) / len(result.chance)
        }
    return {f"{task}_right_share": share for task, share in shares.items()} | {
        "mean_right_share": sum(shares.values()) / len(shares),
        "chance_share": sum(result.chance) / len(result.chance),
    }
