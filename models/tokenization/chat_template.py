"""A chat as tokens: markers that are one special token each, and typed text that may look like them.

Papers: Devlin et al. 2018, "BERT", section 3 (tokens that stand for no text); Ouyang et al. 2022, "Training Language
Models to Follow Instructions with Human Feedback" (chats as training texts). The markers are like those of ChatML
(OpenAI, 2023), each one token.

Symbols
    x  token ids of the whole chat (T,)        z  logits of the next token (..., V)        r  first token of a reply
"""

import functools
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor

from models.tokenization.tokenizer import ASSISTANT, END, SYSTEM, USER, ids_of, tokenizer


@functools.cache
def _literal() -> Tokenizer:
    """The tokenizer, to which a marker is nothing but its letters."""
    copy = Tokenizer.from_str(tokenizer().to_str())
    copy.encode_special_tokens = True
    return copy


def as_letters(text: str) -> list[int]:
    """Token ids in which no special token occurs, whatever is typed; a space is read before the first word."""
    return _literal().encode(f" {text}", add_special_tokens=False).ids if text else []


def as_markers(text: str) -> list[int]:
    """The same text, in which the letters of a marker become the special token."""
    return ids_of(text)


def chat(system: str, user: Sequence[int]) -> list[int]:
    """x = [start] [system] … [user] … : everything up to the assistant's marker; without a line no system marker."""
    line = [SYSTEM, *as_letters(system)] if system else []
    return [END, *line, USER, *user]


def asked_to_reply(x: Sequence[int]) -> list[int]:
    """x and the assistant's marker, behind which the model speaks."""
    return [*x, ASSISTANT]


def exchanged(x: Sequence[int], marker: int, other: int) -> list[int]:
    """Every ``marker`` of x replaced by ``other``, so that the length stays."""
    return [other if token == marker else token for token in x]


def reply_probability(z: Tensor, r: Tensor) -> Tensor:
    """p(r | x) = softmax(z)_r: (N, V) and (N,) give (N,)"""
    p = z.softmax(dim=-1)  # (N, V)
    rows = torch.arange(len(r), device=z.device)  # (N,)
    return p[rows, r]
