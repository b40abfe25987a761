"""Passages to search, and queries of three kinds whose one right passage is known.

other words    passage: the glad child sees a thief       query: that happy kid spots one robber
a name         passage: Kalo helps a guest                query: what does Kalo do
both           passage: Kalo helps a guest (and four      query: Kalo aids one visitor
               more passages about Kalo)
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.dice import Dice
from models.data.synonym_sentences import (
    DEEDS,
    KNOWN_NAMES,
    PEOPLE,
    meaning,
    name_question,
    name_sentence,
    new_names,
    restated,
)

KINDS = ("other words", "a name", "both")
ABOUT_PEOPLE, ASKED, SHARED, EACH = 200, 100, 20, 5
"""Passages of two people, names with one passage, names with several, and how many those have."""

ALWAYS = "Kalo"
"""A new name that stands in the passages of every seed."""


class Queries(NamedTuple):
    texts: tuple[str, ...]
    right: Tensor  # (Q,) place of the right passage


class Search(NamedTuple):
    passages: tuple[str, ...]
    queries: Mapping[str, Queries]  # kind → queries


def search(seed: int, names: Literal["new", "known"], share: float = 1.0) -> Search:
    """The same arguments give the same passages. With known names there are fewer passages about them.

    ``share`` of the queries of each kind is kept.
    """
    dice = Dice(f"search passages {seed}")
    passages: list[str] = []
    found: dict[str, list[tuple[str, int]]] = {kind: [] for kind in KINDS}

    def add(kind: str, query: str, passage: str) -> None:
        found[kind].append((query, len(passages)))
        passages.append(passage)

    for _ in range(ABOUT_PEOPLE):
        text = meaning(dice, held=True).written(0, dice.chance(0.5))
        add("other words", restated(text), text)
    who = list(KNOWN_NAMES)
    if names == "new":
        who = [ALWAYS, *(name for name in new_names(ASKED + SHARED, dice) if name != ALWAYS)][: ASKED + SHARED]
    asked, shared = (who[:ASKED], who[ASKED:]) if names == "new" else (who[: len(who) // 2], who[len(who) // 2 :])
    for name in asked:
        add("a name", name_question(name), name_sentence(name, dice.pick(DEEDS), dice.pick(PEOPLE), 0))
    deeds = [(dice.pick(DEEDS), dice.pick(PEOPLE)) for _ in range(SHARED)]
    for name in shared:
        for deed, whom in dice.some(deeds, EACH):
            add("both", name_sentence(name, deed, whom, 1), name_sentence(name, deed, whom, 0))
    kept = {kind: own[: max(1, round(share * len(own)))] for kind, own in found.items()}
    return Search(
        tuple(passages),
        {
            kind: Queries(tuple(text for text, _ in own), torch.tensor([at for _, at in own]))
            for kind, own in kept.items()
        },
    )
