"""Sentences and their translation into Tok, the toy language of ``models.data.kinds.translation``, as bare symbols.

    the red cat helps the goat        belo reva lupo sabi .        verb last, adjective behind its noun, no article

A fifth of all sentences is held out of every training.

Symbols
    B  sentences        S  source symbols, SOURCE of them        T  target symbols, TARGET of them; PAD behind both
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.data.kinds.translation import ADJECTIVES, NOUNS, VERBS

CLASSES = {"noun": NOUNS, "adjective": ADJECTIVES, "verb": VERBS}
ENGLISH = ("the", *(word for words in CLASSES.values() for word in words))
TOK = tuple(word for words in CLASSES.values() for word in words.values())
PIECES = ("", ".", *ENGLISH, *TOK)
PAD, END = 0, 1
"""END closes both texts, and opens what the decoder reads."""
THE = PIECES.index("the")
SYMBOLS = len(PIECES)
TO_TOK = len(ENGLISH) - 1
"""A word of English and its translation lie this far apart, but for “the”."""
SOURCE, TARGET = 8, 6
HELD_ONE_IN = 5

_FIRST = {name: PIECES.index(next(iter(words))) for name, words in CLASSES.items()}


class Sentences(NamedTuple):
    source: Tensor  # (B, S)
    target: Tensor  # (B, T)


def class_of(symbols: Tensor) -> Tensor:
    """0, 1, 2 for a Tok noun, adjective or verb, −1 for all else; any shape."""
    found = torch.full_like(symbols, -1)
    for place, (name, words) in enumerate(CLASSES.items()):
        first = _FIRST[name] + TO_TOK
        found[(symbols >= first) & (symbols < first + len(words))] = place
    return found


def words_of(kind: int) -> Tensor:
    """The Tok symbols of a class: 0 nouns, 1 adjectives, 2 verbs."""
    name = tuple(CLASSES)[kind]
    return torch.arange(len(CLASSES[name])) + _FIRST[name] + TO_TOK


def written(nouns: Tensor, adjectives: Tensor, verbs: Tensor) -> Sentences:
    """Sentences of places in NOUNS (B, 2), ADJECTIVES (B, 2), −1 for none, and VERBS (B,)."""
    noun = nouns + _FIRST["noun"]  # (B, 2)
    verb = (verbs + _FIRST["verb"])[:, None]  # (B, 1)
    some = torch.where(adjectives < 0, PAD, adjectives + _FIRST["adjective"])  # (B, 2)
    the = torch.full_like(verb, THE)
    source = torch.cat([the, some[:, :1], noun[:, :1], verb, the, some[:, 1:], noun[:, 1:], the * 0 + END], dim=1)
    tok = torch.where(some == PAD, PAD, some + TO_TOK)
    target = torch.cat([noun[:, :1] + TO_TOK, tok[:, :1], noun[:, 1:] + TO_TOK, tok[:, 1:], verb + TO_TOK,
                        the * 0 + END], dim=1)  # fmt: skip
    return Sentences(packed(source), packed(target))


def packed(symbols: Tensor) -> Tensor:
    """The same rows with every PAD moved behind the rest."""
    return symbols.gather(1, (symbols == PAD).long().argsort(dim=1, stable=True))


def sentences(rows: int, draws: torch.Generator, held: bool = False) -> Sentences:
    """Random ones, ``held`` out of training or not; half of the nouns have an adjective."""
    many = rows * (10 if held else 2) + 50  # of which those are kept that are wanted
    nouns = torch.randint(len(NOUNS), (many, 2), generator=draws)
    adjectives = torch.randint(len(ADJECTIVES), (many, 2), generator=draws)
    bare = torch.rand(many, 2, generator=draws) < 0.5
    verbs = torch.randint(len(VERBS), (many,), generator=draws)
    adjectives = torch.where(bare, -1, adjectives)
    places = torch.cat([nouns, adjectives, verbs[:, None]], dim=1)
    mixed = places @ torch.tensor([1, 2, 3, 7, 4])
    wanted = ((mixed % HELD_ONE_IN == 0) == held).nonzero()[:rows, 0]
    return written(nouns[wanted], adjectives[wanted], verbs[wanted])


def parsed(text: str) -> Sentences:
    """One sentence “the [adjective] noun verb the [adjective] noun”, read word by word.

    Raises:
        ValueError: naming the word that does not fit.
    """
    words = text.lower().rstrip(". ").split()
    places: list[int] = []
    for part in ("the", "adjective", "noun", "verb", "the", "adjective", "noun"):
        known = ("the",) if part == "the" else tuple(CLASSES[part])
        if words and words[0] in known:
            places.append(known.index(words.pop(0)))
        elif part == "adjective":
            places.append(-1)
        else:
            here = f"“{words[0][:20]}”" if words else "the end"
            raise ValueError(f"takes “the (adjective) noun verb the (adjective) noun”; where {here} stands it takes "
                             f"{'“the”' if part == 'the' else 'one of ' + ', '.join(known)}")  # fmt: skip
    if words:
        raise ValueError(f"takes one sentence; “{words[0][:20]}” stands behind its end")
    _, one, noun, verb, _, two, other = places
    return written(torch.tensor([[noun, other]]), torch.tensor([[one, two]]), torch.tensor([verb]))


def text_of(symbols: Tensor) -> list[str]:
    """The words of a row (T,), up to its first PAD."""
    return [PIECES[i] for i in symbols.tolist() if i != PAD]
