"""The words that the tokenizer has whole: what a person can type without a word falling to pieces."""

import functools
import re

from models.tokenization.tokenizer import SPECIALS, encode, labels

WORD = re.compile(r"[^\W\d_]+")


@functools.cache
def known_words() -> tuple[str, ...]:
    """Every whole word of two letters or more, in alphabetical order."""
    whole = (label for label in labels()[len(SPECIALS) :] if len(label) > 1 and WORD.fullmatch(label))
    return tuple(sorted(dict.fromkeys(whole), key=str.casefold))


@functools.cache
def _spelt() -> dict[str, str]:
    """A word in small letters → the one way in which the tokenizer has it; words with two ways are left out."""
    found: dict[str, list[str]] = {}
    for word in known_words():
        found.setdefault(word.lower(), []).append(word)
    return {small: ways[0] for small, ways in found.items() if len(ways) == 1}


def folded(text: str) -> str:
    """The text with words in the case that the tokenizer knows them in: “ada LIVES” → “Ada lives”."""
    known = frozenset(known_words())
    return WORD.sub(lambda found: found[0] if found[0] in known else _spelt().get(found[0].lower(), found[0]), text)


def in_pieces(text: str) -> dict[str, list[str]]:
    """Words of the text that the tokenizer does not have whole, each with its pieces."""
    words = dict.fromkeys(found[0] for found in WORD.finditer(text))
    read = {word: encode(word).pieces for word in words if word not in known_words()}
    return {word: pieces for word, pieces in read.items() if len(pieces) > 1}
