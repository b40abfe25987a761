"""Text to token ids and back, with the byte-level BPE trained on the tiny world.

Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", section 3.2; on bytes as in
Radford et al. 2019 (GPT-2), section 2.2. As in Llama 3, a word that is a token of its own is taken whole, before any
merge. ``python -m models.training.tokenizer`` makes ``assets/data/tokenizer.json``.

A space belongs to the word after it, and a text is read as if one stood before its first word: ``Ada`` is the same
token anywhere. All 256 bytes are tokens, so every text can be written and comes back exactly.
"""

import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tokenizers import Tokenizer

FILE = Path(__file__).parents[2] / "assets" / "data" / "tokenizer.json"
BUILD = "python -m models.training.tokenizer"

SPECIALS = (
    "<|end|>",  # between documents: the end of one, the beginning of the next
    "<|pad|>",
    "<|mask|>",
    "<|sep|>",
    "<|class|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|call|>",
    "<|result|>",
    *(f"<|gap{i}|>" for i in range(6)),  # sentinels of span filling
)
END, PAD, MASK, SEP, CLASS, SYSTEM, USER, ASSISTANT, CALL, RESULT = range(10)
GAPS = tuple(range(10, len(SPECIALS)))
VOCABULARY = 1024
LONGEST = max(map(len, SPECIALS))  # characters of a token

SHOWN = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍"}


class Encoded(NamedTuple):
    ids: list[int]
    pieces: list[str]  # as shown on an axis, one a token
    cut_at: int | None  # the character at which the text was cut, None if all of it was read


class TokenizerError(RuntimeError):
    """The tokenizer's file is missing or damaged."""


@functools.cache
def tokenizer() -> Tokenizer:
    """The trained tokenizer, read once a process."""
    try:
        return Tokenizer.from_file(str(FILE))
    except Exception as error:  # the library raises bare Exception
        raise TokenizerError(f"{FILE.name} cannot be read ({error}); make it again with: {BUILD}") from error


def with_space(text: str) -> str:
    """The text as it is encoded: a space before the first word, none before a special token."""
    return text if text.startswith(SPECIALS) else f" {text}"


def encode(text: str, limit: int | None = None, field: str = "text") -> Encoded:
    """Token ids of a text, at most ``limit`` of them; a longer text is cut after a whole character.

    Raises ValueError, naming ``field``, where there is nothing to encode.
    """
    if not text:
        raise ValueError(f"{field}: type at least one character")
    read = text if limit is None else text[: LONGEST * (limit + 1)]  # a pasted book costs no more than a page
    if any("\ud800" <= character <= "\udfff" for character in read):
        raise ValueError(f"{field}: holds half of a surrogate pair, which is no character")
    spaced = with_space(read)
    encoding = tokenizer().encode(spaced, add_special_tokens=False)
    ids, offsets = encoding.ids, encoding.offsets
    if limit is None or len(ids) <= limit:
        return Encoded(ids, pieces(ids), None)
    keep = limit
    while keep and offsets[keep][0] < offsets[keep - 1][1]:  # the cut would part the bytes of one character
        keep -= 1
    cut_at = max(offsets[keep][0] - (len(spaced) - len(read)), 0)
    return Encoded(ids[:keep], pieces(ids[:keep]), cut_at)


def cut_notice(text: str, cut_at: int, field: str = "text") -> str:
    """What to tell a person whose text was cut."""
    kept, words = len(text[:cut_at].split()), len(text.split())
    return f"{field}: only the first {cut_at} of {len(text)} characters are read ({kept} of {words} words)"


def ids_of(text: str) -> list[int]:
    """Token ids alone, the empty text included; for many texts see ``models.data.corpus``."""
    return tokenizer().encode(with_space(text), add_special_tokens=False).ids if text else []


def locate(text: str, spans: Iterable[tuple[int, int]]) -> list[slice]:
    """For each span of characters the tokens that spell it, as positions in ``ids_of(text)``."""
    spaced = with_space(text)
    shift = len(spaced) - len(text)
    ends = [end - shift for _, end in tokenizer().encode(spaced, add_special_tokens=False).offsets]
    return [
        slice(int(np.searchsorted(ends, start, "right")), int(np.searchsorted(ends, end, "left")) + 1)
        for start, end in spans
    ]


def decode(ids: Sequence[int]) -> str:
    """The text of the ids, without the space that ``encode`` puts before the first word."""
    text = tokenizer().decode(list(ids), skip_special_tokens=False)
    return text[1:] if text.startswith(" ") else text


def pieces(ids: Iterable[int]) -> list[str]:
    """Each token as a label: a word as it is, the rest of a word after ``·``, what cannot be seen by a sign."""
    table = labels()
    return [table[i] for i in ids]


@functools.cache
def labels() -> tuple[str, ...]:
    """The label of every token of the vocabulary."""
    return SPECIALS + tuple(label(raw) for raw in token_bytes()[len(SPECIALS) :])


def label(raw: bytes) -> str:
    if raw == b" ":
        return "␣"
    starts_word = raw.startswith(b" ")
    text = "".join(map(shown, raw.removeprefix(b" ").decode(errors="surrogateescape")))
    return text if starts_word or not text[0].isalnum() else f"·{text}"


def shown(character: str) -> str:
    """A character that can be seen; a byte that is none alone is written as ⟨E2⟩."""
    if "\udc80" <= character <= "\udcff":
        return f"⟨{ord(character) - 0xDC00:02X}⟩"
    if character in SHOWN:
        return SHOWN[character]
    return character if character.isprintable() else f"⟨{ord(character):02X}⟩"


@functools.cache
def token_bytes() -> tuple[bytes, ...]:
    """The bytes of every token; a special token has those of its name."""
    bytes_of = {character: byte for byte, character in byte_alphabet().items()}
    table = sorted(tokenizer().get_vocab().items(), key=lambda item: item[1])
    return tuple(
        name.encode() if name in SPECIALS else bytes(bytes_of[character] for character in name) for name, _ in table
    )


def byte_alphabet() -> dict[int, str]:
    """GPT-2's printable stand-in for each byte: itself where it can be seen, else a letter from U+0100 on."""
    seen = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in seen]
    return {byte: chr(byte) for byte in seen} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}


SPECIAL = re.compile("|".join(map(re.escape, SPECIALS)))
