"""The class of every token of the tiny world: what a word is, known because the words were listed by class."""

from functools import cache

import torch
from torch import Tensor

from models.data import words
from models.tokenization.tokenizer import VOCABULARY, ids_of, labels

LISTED: dict[str, tuple[str, ...]] = {
    "person": words.RESIDENTS + words.GUESTS,
    "city": words.CITIES,
    "job": words.JOBS,
    "animal": words.ANIMALS,
    "object": words.OBJECTS,
    "place": words.PLACES,
    "colour": words.COLOURS,
    "made-up": words.NONCE,
    "digit": words.DIGITS,
    "sign": (".", ",", ":", ";", "?", "+", "=", "->"),
}
CLASSES = (*LISTED, "other")


@cache
def class_of_token() -> Tensor:
    """Index in ``CLASSES`` of every token of the vocabulary; a digit inside a number is a digit, too. (V,)"""
    found = torch.full((VOCABULARY,), len(CLASSES) - 1)
    for index, listed in enumerate(LISTED.values()):
        for word in listed:
            first, *rest = ids_of(word)
            if not rest:
                found[first] = index
    inside = [token for token, label in enumerate(labels()) if label.removeprefix("·") in words.DIGITS]
    found[inside] = CLASSES.index("digit")
    return found
