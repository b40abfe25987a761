"""Labelled handovers: sentences of ``models.data.handed_over`` with a class that follows from who does what.

Ada gives Ben the hen .       received by a man       an animal
Ben gives Ada the hen .       received by a woman     an animal       the same words
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.dice import Dice
from models.data.handed_over import ORDINARY, WOMEN, Handover, couple

Task = Literal["who receives it", "what it is"]
CLASSES: dict[Task, tuple[str, str]] = {"who receives it": ("a man", "a woman"), "what it is": ("tool", "animal")}


class LabelledSentence(NamedTuple):
    """A handover as words, and its class."""

    words: list[str]
    label: int


def label_of(one: Handover, task: Task) -> int:
    """1 where a woman receives it, or where it is an animal."""
    if task == "who receives it":
        return int(one.receiver in WOMEN)
    return int(ORDINARY[one.thing][1] == "animal")


def labelled(count: int, task: Task, dice: Dice, without: Sequence[LabelledSentence] = ()) -> list[LabelledSentence]:
    """Different random ones of a woman and a man, none of them among those to leave out."""
    found, seen = list[LabelledSentence](), {tuple(one.words) for one in without}
    while len(found) < count:
        one = Handover(*couple(dice), dice.pick(tuple(ORDINARY)))
        words = one.written(dice.chance(0.5))
        if tuple(words) not in seen:
            seen.add(tuple(words))
            found.append(LabelledSentence(words, label_of(one, task)))
    return found


def word_counts(ids: Tensor, vocabulary: int) -> Tensor:
    """How often each token of the vocabulary stands in each text (B, T): (B, V)."""
    return torch.zeros(len(ids), vocabulary).scatter_add_(1, ids, torch.ones_like(ids, dtype=torch.float))
