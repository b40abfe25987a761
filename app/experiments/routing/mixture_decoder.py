"""What the pages on trained routers share: the two decoders, and fresh text of the tiny world to route."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.text import read_document
from models.data.corpus import MIXTURES, documents
from models.data.dice import Dice
from models.data.sample import plain
from models.data.tiny_world import draw
from models.language.pretrained_decoders import pretrained
from models.tokenization.tokenizer import END, ids_of
from models.transformer.decoder import Decoder

Balancing = Literal["on", "off"]
CHECKPOINTS: dict[Balancing, str] = {"on": "moe_decoder", "off": "moe_decoder_collapsed"}

SENTENCE = "Mia lives in Oslo . Ben has a red key . copy : 3 5 8 -> 3 5 8"
TOKENS = 28
LAYERS, EXPERTS = 2, 8
ROWS, LENGTH = 16, 64
TOPICS = tuple(MIXTURES["recall"])


def mixture_decoder(balancing: Balancing, device: str) -> Decoder:
    """The decoder with eight experts a layer, trained with or without the load-balancing loss."""
    return pretrained(CHECKPOINTS[balancing], device)


@lru_cache(maxsize=16)
@torch.inference_mode(False)  # kept for runs that take gradients, whoever asks first
def fresh_text(seed: int, rows: int = ROWS) -> Tensor:
    """Texts that no training saw, packed: ids (rows, LENGTH)."""
    ids: list[int] = []
    for text in documents("recall", 10_000 + seed):
        ids += [END, *ids_of(text)]
        if len(ids) >= rows * LENGTH:
            return torch.tensor(ids[: rows * LENGTH]).view(rows, LENGTH)
    raise AssertionError("documents never end")


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def labelled_text(seed: int, rows: int = ROWS) -> tuple[Tensor, Tensor]:
    """As many fresh texts of every kind, packed in random order: ids and each token's kind, (rows, LENGTH) both."""
    dice = Dice(f"labelled {seed}")
    ids: list[int] = []
    topics: list[int] = []
    while len(ids) < rows * LENGTH:
        for topic in dice.some(range(len(TOPICS)), len(TOPICS)):
            text = [END, *ids_of(plain(draw(TOPICS[topic], dice)))]
            ids += text
            topics += [topic] * len(text)
    found, labels = (torch.tensor(numbers[: rows * LENGTH]).view(rows, LENGTH) for numbers in (ids, topics))
    return found, labels


class Typed(NamedTuple):
    """A typed text as the model reads it: an end-of-text token stands first in ``ids`` and not among the ``pieces``."""

    ids: Tensor  # (1, 1 + T)
    pieces: list[str]  # (T,)
    notices: list[str]


def typed(sentence: str, device: str) -> Typed:
    """At most ``TOKENS`` tokens of a text, with a notice where it was cut."""
    document = read_document(sentence, TOKENS + 1, "Text", device)
    return Typed(document.ids, document.pieces[1:], document.notices)
