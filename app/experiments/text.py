"""What a person typed, as token ids for a model and labels for a figure; and one token of it exchanged."""

from typing import NamedTuple

import torch
from torch import Tensor

from models.tokenization.tokenizer import END, cut_notice, encode, pieces
from models.tokenization.vocabulary import folded, in_pieces

EXAMPLES = (
    "Ada lives in Lund . Ben lives in Oslo . Ada lives in",
    "the key is in the box . the cup is in the",
    "Mia has a dog . the dog is",
    "the cat sees the dog and the dog sees the cat",
)
"""Sentences to begin with, of known words."""


class Reading(NamedTuple):
    ids: Tensor  # (1, T)
    pieces: list[str]  # one a token
    notices: list[str]  # where the text was cut, for the reader


def read(text: str, limit: int, field: str, device: str) -> Reading:
    """At most ``limit`` tokens of a text; ``field`` is the control that it was typed into."""
    text = folded(text)
    encoded = encode(text, limit, field)
    notices = [] if encoded.cut_at is None else [cut_notice(text, encoded.cut_at, field)]
    notices += _broken_words(text[: encoded.cut_at], field)
    return Reading(torch.tensor([encoded.ids], device=device), encoded.pieces, notices)


def _broken_words(text: str, field: str) -> list[str]:
    """One line for the words that the model knows only by their pieces."""
    found = in_pieces(text)
    told = [f"“{word[:20]}” ({' '.join(piece.lstrip('·') for piece in found[word][:6])})" for word in list(found)[:3]]
    more = [f"{len(found) - len(told)} more"] if len(found) > len(told) else []
    return [f"{field}: no whole words to this model, read in pieces: {', '.join(told + more)}"] if found else []


def read_document(text: str, limit: int, field: str, device: str) -> Reading:
    """The same after an end-of-text token, which every training text stood behind; ``limit`` counts it."""
    typed = read(text, limit - 1, field, device)
    return Reading(
        torch.cat([typed.ids.new_tensor([[END]]), typed.ids], dim=1), pieces([END]) + typed.pieces, typed.notices
    )


class Exchange(NamedTuple):
    """One token of a text to stand for another."""

    place: int
    token: Tensor  # (1,)
    piece: str
    notices: list[str]

    def applied(self, ids: Tensor) -> Tensor:
        """The text (1, T) with the token in its place."""
        return ids.index_copy(1, torch.tensor([self.place], device=ids.device), self.token[None])


def read_exchange(changed: int, instead: str, last: int, device: str) -> Exchange:
    """At the place ``changed``, or at the ``last`` that the text has; of what was typed, the first token."""
    typed, place = read(instead, 16, "instead", device), min(changed, last)
    notices = []
    if place < changed:
        notices.append(f"changed: the text has no token {changed}, so its last one, {place}, is changed")
    if len(typed.pieces) > 1:
        notices.append(f"instead: {typed.pieces[0]} is put in, the first of {len(typed.pieces)} tokens")
    return Exchange(place, typed.ids[0, :1], typed.pieces[0], notices)
