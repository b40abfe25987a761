"""A text in pieces: of merges learned from words of several languages, and of vocabularies that models have."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Literal, NamedTuple

from app.experiments.memo import memo
from app.experiments.text_model import TINY
from models.data.corpus import documents
from models.data.one_sentence import ARTICLE
from models.real.folder import load_vocabulary, present
from models.real.vocabulary import Vocabulary
from models.tokenization import byte_pair_encoding as bpe
from models.tokenization import tokenizer
from models.tokenization.byte_pair_encoding import Pair
from models.tokenization.pre_tokenization import Digits, byte_letters, words
from models.tokenization.tokenizer import shown

DOCUMENTS, MERGES = 200, 300

Learned = Literal["tiny-world English", "other tiny-world English", "English and eight other languages"]


def offered() -> tuple[str, ...]:
    """The tiny world's vocabulary, and every published one that is there."""
    return TINY, *present()


class Cut(NamedTuple):
    """A text as one tokeniser cuts it."""

    name: str
    pieces: list[str]  # as they are shown
    ids: list[int]  # of a vocabulary; empty where there is none
    unknown: int = 0


def texts(seed: int) -> Iterator[str]:
    """Texts of the tiny world, and as many sums."""
    yield from islice(documents("base", seed), DOCUMENTS)
    yield from islice(documents("sums", seed), DOCUMENTS)


@memo
def merges(learned_from: Learned, digits: Digits, seed: int) -> tuple[Pair, ...]:
    """Merges of bytes, learned from texts of the tiny world, to which equal amounts of other languages are added."""
    first = seed + (1_000 if learned_from == "other tiny-world English" else 0)
    counts = Counter(byte_letters(word) for text in texts(first) for word in words(text, digits))
    if learned_from == "English and eight other languages":
        size = sum(len(word) * count for word, count in counts.items())
        for article in ARTICLE.values():
            parts = [byte_letters(word) for word in words(article.second, digits)]
            for word in parts:
                counts[word] += round(size / len(ARTICLE) / sum(map(len, parts)))
    return tuple(merge.pair for merge in bpe.learned(counts, MERGES))


def in_pieces(text: str, learned: tuple[Pair, ...], digits: Digits) -> list[str]:
    """The pieces of a text in stand-ins for bytes."""
    rank = bpe.ranks(learned)
    return [piece for word in words(text, digits) for piece in bpe.encode(byte_letters(word), rank)]


@memo
def world_words(seed: int) -> frozenset[str]:
    """The words of the texts that the merges are learned from."""
    return frozenset(word.strip() for text in texts(seed) for word in words(text))


def visible(text: str) -> str:
    return "".join(map(shown, text))


@cache
def published(name: str) -> Vocabulary:
    """A published vocabulary, read and checked once a process; raises DamagedFile."""
    return load_vocabulary(name)


def by_vocabulary(name: str, text: str) -> Cut:
    encoded = tokenizer.encode(text) if name == TINY else published(name).encode(text)
    label = "the tiny world's vocabulary" if name == TINY else f"{name}'s vocabulary"
    return Cut(label, encoded.pieces, encoded.ids, encoded.pieces.count("[UNK]"))
