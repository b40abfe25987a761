"""Training data of a sentence encoder: a query, a sentence of the same meaning, and one of another meaning.

    the glad child sees a thief     one robber is whom that happy kid spots     the glad thief sees a child
    what does Mia do                Mia helps a guest                           Leo aids one visitor

Symbols
    N  triples       T  tokens of the longest sentence
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.dice import Dice
from models.data.synonym_sentences import (
    DEEDS,
    KNOWN_NAMES,
    NEVER_SWAPPED,
    PEOPLE,
    exchanged_synonyms,
    meaning,
    name_question,
    name_sentence,
)
from models.data.synonym_tokens import padded

Variant = Literal["role swaps", "random sentences", "synonyms exchanged", "words shuffled"]
ABOUT_PEOPLE, RESTATED_NAME = 0.75, 0.87
"""Below the first: sentences of two people; up to the second: restated sentences with a name; the rest: questions."""


class Triple(NamedTuple):
    query: str
    positive: str
    negative: str
    name: str
    """Who is asked about; empty where the query is no question."""


class Triples(NamedTuple):
    query: Tensor  # (N, T)
    positive: Tensor  # (N, T)
    negative: Tensor  # (N, T)
    asked: Tensor  # (N,) number of the name that a question is about, −1 for none


def triple(dice: Dice, variant: Variant) -> Triple:
    """One triple. With role swaps the negative is the query with its people exchanged, else a random sentence."""
    part, side = dice.random(), dice.between(0, 1)
    if part < ABOUT_PEOPLE:
        said, fronted = meaning(dice, held=False), dice.chance(0.5)
        query, positive = said.written(side, fronted), said.written(1 - side, dice.chance(0.5))
        negative = meaning(dice, held=False).written(dice.between(0, 1), dice.chance(0.5))
        if variant != "random sentences" and said.deed not in NEVER_SWAPPED:
            negative = said.swapped.written(side, fronted)
        return Triple(query, positive, negative, "")
    name, deed, whom = dice.pick(KNOWN_NAMES), dice.pick(DEEDS), dice.pick(PEOPLE)
    positive = name_sentence(name, deed, whom, 1 - side)
    negative = name_sentence(dice.pick(KNOWN_NAMES), dice.pick(DEEDS), dice.pick(PEOPLE), side)
    if part < RESTATED_NAME:
        return Triple(name_sentence(name, deed, whom, side), positive, negative, "")
    return Triple(name_question(name), positive, negative, name)


def _shuffled(text: str, dice: Dice) -> str:
    words = text.split()
    return " ".join(dice.some(words, len(words)))


def triples(count: int, variant: Variant, seed: int) -> Triples:
    """That many, as token ids; the same arguments give the same ones."""
    dice = Dice(f"sentence triples {seed}")
    found = [triple(dice, variant) for _ in range(count)]
    texts = [text for part in zip(*(one[:3] for one in found)) for text in part]
    if variant == "synonyms exchanged":
        texts = [exchanged_synonyms(text) for text in texts]
    if variant == "words shuffled":
        texts = [_shuffled(text, dice) for text in texts]
    ids = padded(texts)[0].view(3, count, -1)  # (3, N, T)
    asked = torch.tensor([KNOWN_NAMES.index(one.name) if one.name else -1 for one in found])
    return Triples(ids[0], ids[1], ids[2], asked)
