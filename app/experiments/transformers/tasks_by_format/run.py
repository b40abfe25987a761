"""Twins that learned with and without lines shaped like tasks, asked in several forms; no weight is ever changed."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.language.zero_shot import TASKS, Form, Prompt, Task, answers, asked, chance, reformed
from models.parameter_count import parameter_count
from models.training.task_lines import TEXTS, TRAININGS, Lines, pretrained

PROMPTS = 64
LISTED = 4
"""Prompts that are written out."""


class FormatControls(Controls):
    lines: Lines = Field("all lines", title="Training text", description="Each a training of its own, equally long")
    form: Form = Field("as in training", title="Form of the prompts")
    shown: Literal["one of each", "questions", "pairs", "reviews", "topics"] = Field(
        "one of each", title="Prompts written out"
    )


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
    twins: Mapping[Lines, Mapping[Task, Asked]]
    chance: list[float]  # by task, of guessing among the answers
    parameters: int

    @property
    def own(self) -> Mapping[Task, Asked]:
        return self.twins[self.controls.lines]


@memo
def read(lines: Lines, form: Form, seed: int, device: str) -> dict[Task, Asked]:
    """What one twin says to ``PROMPTS`` held-out prompts of every task; the seed picks prompts and training."""
    model, found = pretrained(lines, seed % TRAININGS, device), dict[Task, Asked]()
    for task in TASKS:
        prompts = tuple(reformed(prompt, form) for prompt in asked(task, PROMPTS, seed))
        found[task] = Asked(prompts, answers(model, prompts))
    return found


def run(controls: FormatControls, device: str) -> FormatResult:
    c = controls
    twins = {lines: read(lines, c.form, c.seed, device) for lines in TEXTS}
    by_chance = [chance(twins[c.lines][task].prompts) for task in TASKS]
    return FormatResult(c, twins, by_chance, parameter_count(pretrained(c.lines, c.seed % TRAININGS, device)))


def measure(result: FormatResult) -> Measurements:
    shares = {task: one.right.mean().item() for task, one in result.own.items()}
    return {f"{task}_right_share": share for task, share in shares.items()} | {
        "mean_right_share": sum(shares.values()) / len(shares),
        "chance_share": sum(result.chance) / len(result.chance),
    }
