"""Questions to readers of ``models.data.handed_over`` whose right answer is known, on texts that no training saw.

Symbols
    N  texts        T  tokens of a row        V  vocabulary
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.dice import Dice
from models.data.handed_over import (
    MASK,
    MEN,
    ORDINARY,
    PEOPLE,
    THINGS,
    WOMEN,
    Handover,
    Story,
    couple,
    deed,
    pronoun,
    story,
)
from models.data.handed_over_rows import Rows, Second, Words, joined, laid_out, paired

Renamed = Literal["nowhere", "in both halves", "in the second half"]


class Asked(NamedTuple):
    """Texts with one word each that is asked for."""

    texts: list[list[str]]
    rows: Rows
    at: Tensor  # (N,) where that word stands
    answer: Tensor  # (N,) its id

    @property
    def hidden(self) -> Tensor:
        """The ids with a mask over that word. (N, T)"""
        return self.rows.ids.scatter(1, self.at[:, None], MASK)

    def right(self, logits: Tensor) -> Tensor:
        """Whether the largest of the logits (N, V) is the answer. (N,)"""
        return logits.argmax(dim=-1) == self.answer


def asked(texts: Sequence[Words], words: Sequence[int]) -> Asked:
    """Single texts and which of their words, counted from 0, is asked for."""
    rows = laid_out([(text, []) for text in texts])
    at = torch.tensor(words) + 1  # the class token comes first
    return Asked([list(text) for text in texts], rows, at, rows.ids[torch.arange(len(texts)), at])


def verbs(count: int, fronted: bool, seed: object, adverb: str = "", first: bool = False) -> Asked:
    """The verb of a deed, which only the thing determines: behind it, or before it where the thing is ``fronted``."""
    dice = Dice(f"verbs {seed}")
    deeds = [deed(dice, dice.pick(PEOPLE), tuple(ORDINARY)) for _ in range(count)]
    texts = [one.written(fronted, adverb, first) for one in deeds]
    return asked(texts, [text.index(one.verb) for text, one in zip(texts, deeds)])


def pronouns(count: int, gets: bool, seed: object) -> Asked:
    """“He” or “she” behind a handover, which only the receiver determines."""
    dice = Dice(f"pronouns {seed}")
    given = [Handover(*couple(dice), dice.pick(THINGS)) for _ in range(count)]
    told = [one.written(gets) for one in given]
    return asked(
        [[*text, pronoun(one.receiver), "keeps", "it", "."] for text, one in zip(told, given)], list(map(len, told))
    )


def pairs(
    count: int, second: Second, seed: object, retold: bool = False, renamed: Renamed = "nowhere"
) -> list[tuple[list[str], list[str]]]:
    """Pairs of one kind as words; the same stories for every kind.

    ``retold``: a random second half is about the people and the thing of the first half. ``renamed``: where the people
    of a story have other names, a woman that of a woman.
    """
    dice = Dice(f"pairs {seed}")
    found = []
    for _ in range(count):
        one, other, names = story(dice), story(dice), other_names(dice)
        if retold:
            said = joined(one.second)
            people = [word for word in said if word in PEOPLE]
            again = Handover(*dice.some(people, 2), next(word for word in said if word in THINGS))
            other = Story(one.first, (again.written(dice.chance(0.5)), [pronoun(again.receiver), "keeps", "it", "."]))
        first, then = paired(one, other, second)
        if renamed != "nowhere":
            then = [names.get(word, word) for word in then]
        if renamed == "in both halves":
            first = [names.get(word, word) for word in first]
        found.append((first, then))
    return found


def other_names(dice: Dice) -> dict[str, str]:
    """Every person → another of the same gender."""
    found = {}
    for group in (WOMEN, MEN):
        mixed = dice.some(group, len(group))
        found |= dict(zip(mixed, mixed[1:] + mixed[:1]))
    return found


def shares_a_word(one: Words, other: Words) -> bool:
    """Whether a person or a thing of one text stands in the other as well."""
    telling = {*PEOPLE, *THINGS}
    return bool(telling & set(one) & set(other))
