"""What a person typed, as token ids for a model and labels for a figure."""

from typing import NamedTuple

import torch
from torch import Tensor

from models.language.tokenizer import END, cut_notice, encode, pieces


class Reading(NamedTuple):
    ids: Tensor  # (1, T)
    pieces: list[str]  # one a token
    notices: list[str]  # where the text was cut, for the reader


def read(text: str, limit: int, field: str, device: str) -> Reading:
    """At most ``limit`` tokens of a text; ``field`` is the control that it was typed into."""
    encoded = encode(text, limit, field)
    notices = [] if encoded.cut_at is None else [cut_notice(text, encoded.cut_at, field)]
    return Reading(torch.tensor([encoded.ids], device=device), encoded.pieces, notices)


def read_document(text: str, limit: int, field: str, device: str) -> Reading:
    """The same after an end-of-text token, which every training text stood behind; ``limit`` counts it."""
    typed = read(text, limit - 1, field, device)
    return Reading(
        torch.cat([typed.ids.new_tensor([[END]]), typed.ids], dim=1), pieces([END]) + typed.pieces, typed.notices
    )
