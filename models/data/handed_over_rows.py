"""Rows of ids for readers of ``models.data.handed_over``: single texts, and pairs of which one may follow the other.

    [CLS] Ada feeds the hen . it sleeps . [SEP] Ada gives Ben the hen . he keeps it . [SEP] [PAD] …

Paper: Devlin et al. 2018, "BERT", section 3.1, task 2.

Symbols
    N  rows        T  tokens of a row, LENGTH
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.dice import Dice
from models.data.handed_over import CLASS, PAD, SEP, Order, Story, arranged, ids_of, story

LENGTH = 24
ALONE = 0.2
IS_NEXT, IS_OTHER, ONE_TEXT = 1, 0, -100

Second = Literal["next", "random", "swapped"]
Words = Sequence[str]


class Rows(NamedTuple):
    """What readers are given."""

    ids: Tensor  # (N, T)
    segments: Tensor  # (N, T) 0 or 1: which of two texts
    labels: Tensor  # (N,) IS_NEXT, IS_OTHER or ONE_TEXT


def laid_out(pairs: Sequence[tuple[Words, Words]], labels: Sequence[int] | None = None, length: int = LENGTH) -> Rows:
    """[CLS] one [SEP] other [SEP] and padding; a single text has no other. Cut after ``length`` tokens."""
    rows, parts = [], []
    for one, other in pairs:
        row = [CLASS, *ids_of(one), SEP, *([*ids_of(other), SEP] if other else [])][:length]
        rows.append(row + [PAD] * (length - len(row)))
        parts.append([int(len(one) + 2 <= at < len(row)) for at in range(length)])
    asked = torch.tensor([ONE_TEXT] * len(rows) if labels is None else labels)  # (N,)
    return Rows(torch.tensor(rows), torch.tensor(parts), asked)


def joined(half: tuple[list[str], list[str]]) -> list[str]:
    return half[0] + half[1]


def paired(one: Story, other: Story, second: Second) -> tuple[list[str], list[str]]:
    """Two halves: of one story in their order, of two stories, or of one story with the second half in front."""
    if second == "swapped":
        return joined(one.second), joined(one.first)
    return joined(one.first), joined((one if second == "next" else other).second)


def _single(one: Story, dice: Dice) -> list[str]:
    half = dice.pick(one)
    return joined(half) if dice.chance(0.5) else dice.pick(half)


def pair_rows(count: int, order: Order, seed: object) -> Rows:
    """Pairs, of which half are true, and a share ALONE of single texts of one or two sentences."""
    dice = Dice(f"handed over {seed}")
    pairs, labels = [], []
    for _ in range(count):
        one = arranged(story(dice), order, dice)
        if dice.chance(ALONE):
            pairs.append((_single(one, dice), []))
            labels.append(ONE_TEXT)
            continue
        true = dice.chance(0.5)
        pairs.append(paired(one, arranged(story(dice), order, dice), "next" if true else "random"))
        labels.append(IS_NEXT if true else IS_OTHER)
    return laid_out(pairs, labels)


def story_rows(count: int, order: Order, seed: object) -> Rows:
    """Whole stories, and a share ALONE of single texts of one or two sentences, none of them pairs."""
    dice = Dice(f"handed over {seed}")
    texts = []
    for _ in range(count):
        one = arranged(story(dice), order, dice)
        alone = dice.chance(ALONE)
        texts.append(_single(one, dice) if alone else joined(one.first) + joined(one.second))
    return laid_out([(text, []) for text in texts])
