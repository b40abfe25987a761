"""Lists of words that a person types, and what trained models write for them and for held-out lists."""

from typing import Annotated, Any, NamedTuple

import torch
from pydantic import AfterValidator, StringConstraints
from torch import Tensor

from app.experiments.memo import memo
from models.data.word_lists import END, LONGEST, SHORTEST, WORDS, Lists, Task, ids_of, lists, written
from models.recurrence.own_words import Written, write
from models.recurrence.pretrained_writers import writer
from models.seeding import generator

HELD_OUT = 64
EXAMPLE = "ball pen flag key cup hat lamp ring boat star"


def readable(text: str) -> str:
    """The text, if it is a list that the models know. Raises ValueError for any other."""
    return readable_up_to(LONGEST, text)


def readable_up_to(longest: int, text: str) -> str:
    """The same for models that know shorter lists."""
    words = text.split()
    unknown = [word for word in words if word not in WORDS]
    if unknown:
        raise ValueError(f"“{unknown[0][:20]}” is no word of these models; they know {', '.join(WORDS)}")
    if not SHORTEST <= len(words) <= longest or len(set(words)) < len(words):
        raise ValueError(f"takes {SHORTEST} to {longest} words, all different")
    return text


WordList = Annotated[str, StringConstraints(min_length=1, max_length=160), AfterValidator(readable)]
"""Two to sixteen different words of those that the models know, with blanks between them."""


def typed(text: str, task: Task) -> Lists:
    """One list, (1, L + 1)."""
    return written(ids_of(text.split()), task)


class Model(NamedTuple):
    """Which of the shipped models; the key of what is kept of it."""

    group: str
    kind: str
    task: Task
    training: int

    @property
    def network(self) -> Any:
        return writer(self.group, self.kind, self.task, self.training)


def held_out(length: int, task: Task, seed: int) -> Lists:
    """(HELD_OUT, length + 1)"""
    return lists(HELD_OUT, length, task, generator(seed + 10_000))


@torch.inference_mode()
def alone(network: Any, given: Lists) -> Written:
    """What a model writes with no teacher."""
    return write(network, given.source, torch.full_like(given.source[:, 0], END), given.target.shape[1])


@memo
def right(model: Model, length: int, seed: int) -> Tensor:
    """Which words of held-out lists a model writes right, END included: (HELD_OUT, length + 1)"""
    given = held_out(length, model.task, seed)
    return alone(model.network, given).words == given.target


def exact_match(model: Model, length: int, seed: int) -> float:
    """The share of held-out lists that are right to the end."""
    return right(model, length, seed).all(dim=1).float().mean().item()
