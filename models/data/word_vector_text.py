"""The text that word vectors are trained on, the same text with its order spoilt, and the words that are looked at.

A word's class is known because words are listed by class; pairs of roles (king, queen) differ by gender alone.

Symbols
    T  tokens of the text      V  vocabulary      M  words looked at
"""

import itertools
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.corpus import BATCH, documents, packed_ids
from models.data.kinds.grammar import ROLES
from models.data.word_classes import CLASSES, class_of_token
from models.seeding import generator
from models.tokenization.tokenizer import END, VOCABULARY, ids_of, labels

MIXTURE = {
    "told": 14, "context_facts": 8, "moves": 10, "stories": 8, "roles": 16, "needles": 4, "mapping": 6, "agreement": 4,
    "pronouns": 3,
}  # fmt: skip
LENGTH = 120_000
SHOWN_CLASSES = CLASSES[:8]
"""From persons to made-up words; digits and signs are left out."""

SELDOM = 15
"""A word that stands in the text less often is not looked at."""

PAIRS = tuple(ROLES)
Order = Literal["as written", "words shuffled", "documents shuffled", "partners exchanged", "pairs exchanged"]


class Words(NamedTuple):
    """Words that are looked at."""

    ids: Tensor  # (M,)
    classes: Tensor  # (M,) index in SHOWN_CLASSES, one more for the words of the pairs
    names: tuple[str, ...]


@lru_cache(maxsize=6)
def text(seed: int) -> Tensor:
    """Documents one after the other, each followed by an end-of-text token.  (T,)"""
    ids: list[int] = []
    stream = documents(MIXTURE, seed)
    while len(ids) < LENGTH:
        ids += packed_ids(list(itertools.islice(stream, BATCH)))
    return torch.tensor(ids[:LENGTH])


def shuffled_words(ids: Tensor, draws: torch.Generator) -> Tensor:
    """The same tokens in random order, over the ends of documents.  (T,)"""
    return ids[torch.randperm(len(ids), generator=draws)]


def shuffled_documents(ids: Tensor, draws: torch.Generator) -> Tensor:
    """The documents in random order, each as it was.  (T,)"""
    ends = (ids == END).nonzero()[:, 0] + 1
    documents = list(ids.tensor_split(ends))
    order = torch.randperm(len(documents), generator=draws).tolist()
    return torch.cat([documents[place] for place in order])


def replaced_tokens(ids: Tensor, instead: Mapping[int, int]) -> Tensor:
    """Every token that is a key of ``instead`` becomes its value, all at once.  (T,)"""
    table = torch.arange(VOCABULARY)  # (V,)
    table[list(instead)] = torch.tensor(list(instead.values()))
    return table[ids]


def _next_pair(sides: tuple[int, ...]) -> dict[int, int]:
    """For each word on these sides of a pair the one of the next pair."""
    return {
        ids_of(pair[side])[0]: ids_of(PAIRS[(place + 1) % len(PAIRS)][side])[0]
        for side in sides
        for place, pair in enumerate(PAIRS)
    }


def arranged(ids: Tensor, order: Order, seed: int) -> Tensor:
    """The text in that order. “partners exchanged”: queen stands where woman stood, and so on, but king stays;
    “pairs exchanged”: king and queen stand where man and woman stood.  (T,)
    """
    if order == "words shuffled":
        return shuffled_words(ids, generator(seed))
    if order == "documents shuffled":
        return shuffled_documents(ids, generator(seed))
    if order == "partners exchanged":
        return replaced_tokens(ids, _next_pair((1,)))
    return replaced_tokens(ids, _next_pair((0, 1))) if order == "pairs exchanged" else ids


@lru_cache(maxsize=6)
def words(seed: int) -> Words:
    """The words of the classes and of the pairs that stand in the text of that seed often enough."""
    counts = torch.bincount(text(seed), minlength=VOCABULARY)
    classes = class_of_token().clone()
    paired = torch.tensor([ids_of(word)[0] for pair in PAIRS for word in pair])
    classes[classes >= len(SHOWN_CLASSES)] = -1
    classes[paired] = len(SHOWN_CLASSES)
    ids = ((classes >= 0) & (counts >= SELDOM)).nonzero()[:, 0]
    return Words(ids, classes[ids], tuple(labels()[token] for token in ids.tolist()))
