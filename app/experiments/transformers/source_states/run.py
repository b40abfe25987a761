"""Trained encoder-decoders that write lists backwards: one state per word is handed on, or their mean."""

from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import AfterValidator, Field, StringConstraints
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.recurrence.word_lists import readable_up_to
from models.attention.multi_head import MultiHeadTrace
from models.cost.tensors_made import TensorsMade
from models.data.word_lists import END, ids_of, lists, written
from models.interpretability.reordered_source import reordered
from models.language.from_states import all_right, generated, shifted_right
from models.parameter_count import parameter_count
from models.seeding import generator
from models.transformer.encoder_decoder import Encoded, EncoderDecoder
from models.transformer.pretrained_halves import TRAININGS, halves

LENGTHS = 2, 4, 6, 8, 10, 12
HELD_OUT, MOST = 64, 12
EXAMPLE = "ball pen flag key cup hat lamp ring boat star"


def _short(text: str) -> str:
    return readable_up_to(MOST, text)


ShortList = Annotated[str, StringConstraints(min_length=1, max_length=160), AfterValidator(_short)]

HandedOn = Literal["one state per word", "their mean"]
Order = Literal["as read", "shuffled", "values alone shuffled"]
KINDS: dict[HandedOn, str] = {"one state per word": "states", "their mean": "mean"}


class SourceControls(Controls):
    words: ShortList = Field(EXAMPLE, title="List", description="2 to 12 different words, to be written backwards")
    handed_on: HandedOn = Field("one state per word", title="Handed to the decoder", description="Retrained for each")
    order: Order = Field("as read", title="Order of the states")
    shown: Literal["cross-attention", "in the encoder", "in the decoder"] = Field(
        "cross-attention", title="Attention shown"
    )
    layer: int = Field(1, ge=0, le=1, title="Layer", description="Counted from 0")
    head: int = Field(0, ge=0, le=3, title="Head", description="Counted from 0")
    training: int = Field(0, ge=0, le=TRAININGS - 1, title="Training", description="Which of three trainings")


class SourceResult(NamedTuple):
    controls: SourceControls
    source: Tensor  # (S,) the list that was typed, closed by END
    target: Tensor  # (T,)
    written: Tensor  # (T,)
    attention: MultiHeadTrace  # of the layer and kind that are shown, one text
    states: Tensor  # (LENGTHS,) exact match with one state per word, in the order chosen
    mean: Tensor  # (LENGTHS,) and with their mean
    lowest: float
    changed: float
    reading: int  # operations of the encoder, for the list typed
    writing: int  # and of the decoder, all steps together
    parameters: int


def handed_on(model: EncoderDecoder, source: Tensor, order: Order, seed: int) -> Encoded:
    """The source as the encoder read it, its states in that order."""
    read = model.encode(source)
    if order == "as read":
        return read
    size = read.memories[0].k.shape[2]
    moved = torch.randperm(size, generator=generator(seed + 7))
    return reordered(read, moved.to(source.device), keys=order == "shuffled")


class HeldOut(NamedTuple):
    source: Tensor  # (HELD_OUT, S)
    target: Tensor  # (HELD_OUT, T)


def held_out(length: int, seed: int) -> HeldOut:
    return HeldOut(*lists(HELD_OUT, length, "reverse", generator(seed + 10_000)))


def repeated(model: EncoderDecoder, read: Encoded, row: Tensor) -> Tensor:
    """Whether a row (B, T) is what the model generates: each word is the likeliest behind those before it. (B,)"""
    return all_right(model.decode(shifted_right(row, END), read)[0].argmax(dim=-1), row)


@memo
@torch.inference_mode()
def exact_match(kind: str, training: int, length: int, order: Order, seed: int) -> float:
    """The share of held-out lists of that length that are written right to the end."""
    model, given = halves("list_halves", kind, training), held_out(length, seed)
    return repeated(model, handed_on(model, given.source, order, seed), given.target).float().mean().item()


@memo
@torch.inference_mode()
def changed(kind: str, training: int, order: Order, seed: int) -> float:
    """The share of the longest held-out lists whose output is another one with the states in that order."""
    model, source = halves("list_halves", kind, training), held_out(MOST, seed).source
    output = generated(model, model.encode(source), END, MOST + 1)
    return 1 - repeated(model, handed_on(model, source, order, seed), output).float().mean().item()


def by_length(kind: str, c: SourceControls) -> Tensor:
    return torch.tensor([exact_match(kind, c.training, length, c.order, c.seed) for length in LENGTHS])


@torch.inference_mode()
def run(controls: SourceControls, device: str) -> SourceResult:
    c = controls
    kind = KINDS[c.handed_on]
    model, given = halves("list_halves", kind, c.training), written(ids_of(c.words.split()), "reverse")
    with TensorsMade() as reading:
        read = handed_on(model, given.source, c.order, c.seed)
    with TensorsMade() as writing:
        own = generated(model, read, END, given.target.shape[1])
    _, trace = model.decode(shifted_right(own, END), read)
    shown = {
        "cross-attention": trace.blocks[c.layer].cross_attention,
        "in the encoder": read.blocks[c.layer].attention,
        "in the decoder": trace.blocks[c.layer].self_attention,
    }
    lowest = min(exact_match(kind, training, MOST, c.order, c.seed) for training in range(TRAININGS))
    return SourceResult(
        c, given.source[0], given.target[0], own[0], shown[c.shown], by_length("states", c), by_length("mean", c),
        lowest, changed(kind, c.training, "shuffled" if c.order == "as read" else c.order, c.seed),
        reading.product_flops, writing.product_flops, parameter_count(model),
    )  # fmt: skip


def measure(result: SourceResult) -> Measurements:
    chosen = result.states if result.controls.handed_on == "one state per word" else result.mean
    at = LENGTHS.index
    return {
        "exact_match_12_words": chosen[at(12)].item(),
        "exact_match_4_words": chosen[at(4)].item(),
        "exact_match_12_words_with_the_mean": result.mean[at(12)].item(),
        "exact_match_8_words_with_the_mean": result.mean[at(8)].item(),
        "exact_match_4_words_with_the_mean": result.mean[at(4)].item(),
        "lowest_of_three_trainings": result.lowest,
        "changed_share": result.changed,
        "words_right": (result.written == result.target)[:-1].sum().item(),
        "decoder_runs": float(len(result.target)),
        "encoded_once_flops": float(result.reading + result.writing),
        "encoded_each_step_flops": float(len(result.target) * result.reading + result.writing),
    }
