"""What the pages on trained routers share: the two decoders, and held-out text of the tiny world to route."""

from collections.abc import Iterable
from typing import Literal

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.text import Reading, read_document
from models.data.corpus import MIXTURES
from models.data.dice import Dice
from models.data.sample import plain
from models.data.tiny_world import draw
from models.language.held_out import packed
from models.language.pretrained_decoders import pretrained
from models.routing.rerouted import mixtures, partly_random, with_router
from models.seeding import generator
from models.tokenization.tokenizer import END, ids_of
from models.transformer.decoder import Decoder

Balancing = Literal["on", "off"]
CHECKPOINTS: dict[Balancing, str] = {"on": "moe_decoder", "off": "moe_decoder_collapsed"}

Router = Literal["trained", "a tenth random", "random"]
RANDOM_SHARE: dict[Router, float] = {"trained": 0.0, "a tenth random": 0.1, "random": 1.0}

SENTENCE = "Mia lives in Oslo . Ben has a red key . copy : 3 5 8 -> 3 5 8"
TOKENS = 28
LAYERS, EXPERTS = 2, 8
ROWS, LENGTH = 16, 64
TOPICS = tuple(MIXTURES["recall"])


def mixture_decoder(balancing: Balancing, device: str) -> Decoder:
    """The decoder with eight experts a layer, trained with or without the load-balancing loss."""
    return pretrained(CHECKPOINTS[balancing], device)


@memo
def held_out_text(seed: int, rows: int = ROWS) -> Tensor:
    """Texts that no training saw, packed: ids (rows, LENGTH)."""
    return packed("recall", "evaluation", seed, rows, LENGTH)


@memo
@torch.inference_mode(False)  # kept for runs that take gradients, whoever asks first
def labelled_text(seed: int, rows: int = ROWS) -> tuple[Tensor, Tensor]:
    """As many held-out texts of every kind, packed in random order: ids and each token's kind, (rows, LENGTH) both."""
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


def typed(sentence: str, device: str) -> Reading:
    """At most ``TOKENS`` tokens of a text; the end-of-text token that stands first in ``ids`` is no piece."""
    document = read_document(sentence, TOKENS + 1, "Text", device)
    return document._replace(pieces=document.pieces[1:])


def with_routers(router: Router, layers: Iterable[int], seed: int, device: str, balancing: Balancing = "on") -> Decoder:
    """The decoder with the routers of these layers replaced by others of the same size."""
    model = mixture_decoder(balancing, device)
    if router == "trained":
        return model
    dice = generator(seed)
    for layer in layers:
        weight = partly_random(mixtures(model)[layer].router.weight, RANDOM_SHARE[router], dice)
        model = with_router(model, layer, weight)
    return model
