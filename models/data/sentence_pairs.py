"""Texts cut in two for next-sentence prediction, and single texts, as rows of one length.

    <|class|> Ada wakes up in Oslo . she takes the key . <|sep|> she goes to the park . … <|sep|> <|pad|> …

Paper: Devlin et al. 2018, "BERT", section 3.1, task 2: half the time the second text is the true next one, half the
time that of another document.

Symbols
    N  rows        T  tokens of a row
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from models.data.corpus import WORD_IDS, documents
from models.data.dice import Dice
from models.data.tiny_world import Split
from models.tokenization.tokenizer import CLASS, PAD, SEP

CUT = {"stories": 6.0, "context_facts": 2.0, "pronouns": 2.0}
SINGLE = {
    "told": 7.0, "homonyms": 3.0, "roles": 2.0, "agreement": 1.0, "paraphrases": 3.0, "sentiment": 1.0, "topics": 1.0,
}  # fmt: skip
ONE_TEXT = -100  # no question about what follows

Second = Literal["next", "random", "swapped", "either"]


class Rows(NamedTuple):
    ids: np.ndarray  # (N, T)
    segments: np.ndarray  # (N, T)
    labels: np.ndarray  # (N,) 1 for a true next text, 0 for another, ONE_TEXT where there is only one


def ids_of_words(text: str) -> list[int]:
    return [i for word in text.split(" ") for i in WORD_IDS[word]]


def halves(text: str, dice: Dice) -> tuple[str, str]:
    """A text cut after one of its sentences."""
    sentences = text.removesuffix(" .").split(" . ")
    at = dice.between(1, len(sentences) - 1)
    return " . ".join(sentences[:at]) + " .", " . ".join(sentences[at:]) + " ."


def pairs(seed: int, second: Second, split: Split = "train") -> Iterator[tuple[list[int], list[int], int]]:
    """Two texts and whether the second is the next; a random one is the end of the document before."""
    dice = Dice(f"sentence pairs {seed}")
    before = "the end ."
    for document in documents(CUT, seed, split=split):
        start, end = halves(document, dice)
        kind = dice.pick(("next", "random")) if second == "either" else second
        one, other = {"next": (start, end), "random": (start, before), "swapped": (end, start)}[kind]
        yield ids_of_words(one), ids_of_words(other), int(kind == "next")
        before = end


def single_texts(seed: int, tokens: int, split: Split = "train") -> Iterator[list[int]]:
    """As many short documents as ``tokens`` hold, one after the other."""
    held: list[int] = []
    for document in documents(SINGLE, seed, split=split):
        ids = ids_of_words(document)
        if len(held) + len(ids) > tokens:
            yield held
            held = []
        held += ids[:tokens]


def laid_out(one: list[int], other: list[int], length: int) -> tuple[list[int], list[int]]:
    """Ids and segments of one row: the class token, the texts each before a separator, and padding."""
    ids = [CLASS, *one, SEP, *([*other, SEP] if other else [])]
    segments = [0] * (len(one) + 2) + [1] * (len(ids) - len(one) - 2)
    return ids + [PAD] * (length - len(ids)), segments + [0] * (length - len(ids))


def paired_rows(count: int, length: int, seed: int, second: Second = "either", split: Split = "train") -> Rows:
    """``count`` pairs; those longer than a row are passed over."""
    fitting = ((a, b, label) for a, b, label in pairs(seed, second, split) if len(a) + len(b) + 3 <= length)
    drawn = [next(fitting) for _ in range(count)]
    ids, segments = zip(*(laid_out(a, b, length) for a, b, _ in drawn))
    return Rows(np.array(ids), np.array(segments), np.array([label for *_, label in drawn]))


def single_rows(count: int, length: int, seed: int, split: Split = "train") -> Rows:
    """``count`` rows of single texts."""
    texts = single_texts(seed, length - 2, split)
    ids, segments = zip(*(laid_out(next(texts), [], length) for _ in range(count)))
    return Rows(np.array(ids), np.array(segments), np.full(count, ONE_TEXT))
