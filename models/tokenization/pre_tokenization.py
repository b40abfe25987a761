"""Where a text is cut before any pieces are learned: no piece will ever cross one of these borders.

Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners" (GPT-2), section 2.2, whose published
code has this pattern: contractions, an optional space with letters, with digits or with other signs, and white space.
Digits set apart one by one: Touvron et al. 2023, "LLaMA", section 2.1.

Symbols
    L, N, other    kinds of characters: letters, digits and other numbers, all else; white space is a kind of its own
"""

import re
import unicodedata
from typing import Literal

from models.tokenization.tokenizer import byte_alphabet

Digits = Literal["together", "one by one"]

CONTRACTION = re.compile(r"'(?:s|t|re|ve|m|ll|d)")


LETTER = byte_alphabet()
BYTE = {letter: byte for byte, letter in LETTER.items()}
"""GPT-2's table: each byte and the character that stands for it."""


def kind(character: str) -> str:
    """L, N, “space” or “other”, by the character's Unicode category."""
    if character.isspace():
        return "space"
    category = unicodedata.category(character)[0]
    return category if category in "LN" else "other"


def words(text: str, digits: Digits = "together") -> list[str]:
    """text = w₁ w₂ … w_n, joined without a gap: a space belongs to the word behind it, the last of several too."""
    found: list[str] = []
    for start, end in _runs(text):
        run = text[start:end]
        if run.isspace():
            _add_space(found, run, last=end == len(text))
            continue
        lead = found.pop() if found and found[-1] == " " else ""
        if digits == "one by one" and kind(run[0]) == "N":
            found += [lead + run[0], *run[1:]]
        else:
            found.append(lead + run)
    return found


def _add_space(found: list[str], run: str, last: bool) -> None:
    """White space is one piece; before a word its last character stands apart, as a space with the word itself."""
    found += [part for part in ([run] if last else [run[:-1], run[-1]]) if part]


def _runs(text: str) -> list[tuple[int, int]]:
    """Beginnings and ends of characters of one kind in a row; a contraction where a new run begins is one."""
    found, at = [], 0
    while at < len(text):
        contraction = CONTRACTION.match(text, at)
        if contraction and text[at - 1 : at] != " ":
            end = contraction.end()
        else:
            own = kind(text[at])
            end = next((end for end in range(at, len(text)) if kind(text[end]) != own), len(text))
        found.append((at, end))
        at = end
    return found


def byte_letters(word: str) -> str:
    """The bytes of a word in UTF-8, each as the character that stands for it."""
    return "".join(map(LETTER.__getitem__, word.encode()))


def letters_shown(word: str) -> str:
    """Bytes in their stand-ins as a person reads them: characters where they are some, else their numbers."""
    return bytes(map(BYTE.__getitem__, word)).decode(errors="surrogateescape")
