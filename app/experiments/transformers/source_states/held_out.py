"""Held-out lists written backwards from states that are handed on whole, in another order, or not at all."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.transformers.withheld_source import Across, halves_across
from models.cost.calls_counted import CallsCounted
from models.data.word_lists import END, lists
from models.interpretability.reordered_source import reordered
from models.language.from_states import all_right, generated, shifted_right
from models.seeding import generator
from models.transformer.encoder_decoder import Encoded, EncoderDecoder

HELD_OUT, MOST = 64, 12

Order = Literal["as read", "shuffled", "values alone shuffled"]


def handed_on(model: EncoderDecoder | CallsCounted, source: Tensor, order: Order, seed: int) -> Encoded:
    """The source as the encoder read it, its states in that order."""
    read = model.encode(source)
    if order == "as read":
        return read
    size = read.memories[0].k.shape[2]
    moved = torch.randperm(size, generator=generator(seed + 7))
    return reordered(read, moved.to(source.device), keys=order == "shuffled")


def model_of(kind: str, across: Across, training: int) -> EncoderDecoder:
    return halves_across("list_halves", kind, training, across)


class HeldOut(NamedTuple):
    source: Tensor  # (HELD_OUT, S)
    target: Tensor  # (HELD_OUT, T)


def held_out(length: int, seed: int) -> HeldOut:
    return HeldOut(*lists(HELD_OUT, length, "reverse", generator(seed + 10_000)))


def repeated(model: EncoderDecoder, read: Encoded, row: Tensor) -> Tensor:
    """Whether a row (B, T) is what the model generates: each word is the likeliest behind those before it. (B,)"""
    return all_right(model.decode(shifted_right(row, END), read)[0].argmax(dim=-1), row)


def other_word(words: Tensor, seed: int) -> Tensor:
    """For each list (B, S) a word that it does not hold, (B,)."""
    free = torch.rand(len(words), END, generator=generator(seed + 9)).scatter(1, words.clamp(max=END - 1), -1.0)
    return free.argmax(dim=1)


def with_another_word(words: Tensor, seed: int) -> Tensor:
    """The lists with their middle word exchanged; END stays behind them."""
    middle = (words.shape[1] - 1) // 2
    return words.index_copy(1, torch.tensor([middle]), other_word(words, seed)[:, None])


@memo
@torch.inference_mode()
def exact_match(kind: str, across: Across, training: int, length: int, order: Order, seed: int) -> float:
    """The share of held-out lists of that length that are written right to the end."""
    model, given = model_of(kind, across, training), held_out(length, seed)
    return repeated(model, handed_on(model, given.source, order, seed), given.target).float().mean().item()


@memo
@torch.inference_mode()
def changed(kind: str, across: Across, training: int, order: Order, seed: int) -> tuple[float, float]:
    """Shares of the longest held-out lists whose output is another one: with the states in that order, and with a word
    of the source exchanged.
    """
    model, source = model_of(kind, across, training), held_out(MOST, seed).source
    output = generated(model, model.encode(source), END, MOST + 1)
    other = model.encode(with_another_word(source, seed))
    same = [repeated(model, read, output) for read in (handed_on(model, source, order, seed), other)]
    return 1 - same[0].float().mean().item(), 1 - same[1].float().mean().item()
