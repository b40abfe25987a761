"""Trained encoder-decoders that write lists backwards: one state per word is handed on, or their mean."""

from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import AfterValidator, Field, StringConstraints
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.recurrence.word_lists import readable_up_to
from app.experiments.transformers.source_states.held_out import (
    MOST,
    Order,
    changed,
    exact_match,
    handed_on,
    model_of,
    other_word,
    with_another_word,
)
from app.experiments.transformers.withheld_source import Across
from models.attention.multi_head import MultiHeadTrace
from models.cost.calls_counted import CallsCounted
from models.cost.tensors_made import TensorsMade
from models.data.word_lists import END, ids_of, written
from models.language.from_states import generated, shifted_right
from models.parameter_count import parameter_count
from models.transformer.encoder_decoder import EncoderDecoder
from models.transformer.pretrained_halves import TRAININGS

LENGTHS = 2, 4, 6, 8, 10, 12

EXAMPLE = "ball pen flag key cup hat lamp ring boat star"


def _short(text: str) -> str:
    return readable_up_to(MOST, text)


ShortList = Annotated[str, StringConstraints(min_length=1, max_length=160), AfterValidator(_short)]

HandedOn = Literal["one state per word", "their mean"]
Exchanged = Literal["nothing", "a word of the source", "a word of the prefix"]
MOVED = 1e-4
"""Change of a logit above which a step counts as moved."""
KINDS: dict[HandedOn, str] = {"one state per word": "states", "their mean": "mean"}


class SourceControls(Controls):
    words: ShortList = Field(EXAMPLE, title="List", description="2 to 12 different words, to be written backwards")
    handed_on: HandedOn = Field("one state per word", title="Handed to the decoder", description="Retrained for each")
    order: Order = Field("as read", title="Order of the states")
    across: Across = Field("in both layers", title="Cross-attention", description="Where it is left out, it adds zero")
    exchanged: Exchanged = Field("nothing", title="Exchange", description="The middle word, for one not in the list")
    shown: Literal["cross-attention", "in the encoder", "in the decoder"] = Field(
        "cross-attention", title="Attention shown"
    )
    layer: int = Field(1, ge=0, le=1, title="Layer", description="Counted from 0")
    head: int = Field(0, ge=0, le=3, title="Head", description="Counted from 0")
    training: int = Field(0, ge=0, le=TRAININGS - 1, title="Training", description="Which of three trainings")


class Moved(NamedTuple):
    """What an exchanged word changes."""

    states: float  # largest change of a number in the encoder's states
    steps: Tensor  # (T,) largest change of a logit at each step of the decoder
    next: Tensor  # (T,) the likeliest next words


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
    follows: float  # share of held-out lists whose output changes with a word of the source
    moved: dict[Exchanged, Moved]
    encoder_runs: int  # for the list typed
    decoder_runs: int
    reading: int  # operations of the encoder, for the list typed
    writing: int  # and of the decoder, all steps together
    parameters: int


def by_length(kind: str, c: SourceControls) -> Tensor:
    return torch.tensor([exact_match(kind, c.across, c.training, length, c.order, c.seed) for length in LENGTHS])


def moved(model: EncoderDecoder, source: Tensor, own: Tensor, c: SourceControls) -> dict[Exchanged, Moved]:
    """What changes at each step of the typed list when one word is exchanged, in the source or in the prefix."""
    prefix = shifted_right(own, END)
    read, other = handed_on(model, source, c.order, c.seed), with_another_word(source, c.seed)
    before = model.decode(prefix, read)[0]  # (1, T, V)
    at = own.shape[1] // 2
    wrong = prefix.index_copy(1, torch.tensor([at]), other_word(source, c.seed)[:, None])
    found: dict[Exchanged, Moved] = {}
    cases: dict[Exchanged, tuple[Tensor, Tensor]] = {
        "nothing": (source, prefix), "a word of the source": (other, prefix), "a word of the prefix": (source, wrong),
    }  # fmt: skip
    for name, (given, behind) in cases.items():
        again = handed_on(model, given, c.order, c.seed)
        after = model.decode(behind, again)[0]
        found[name] = Moved(
            (again.states - read.states).abs().max().item(), (after - before)[0].abs().amax(dim=-1),
            after[0].argmax(dim=-1),
        )  # fmt: skip
    return found


@torch.inference_mode()
def run(controls: SourceControls, device: str) -> SourceResult:
    c = controls
    kind = KINDS[c.handed_on]
    model, given = model_of(kind, c.across, c.training), written(ids_of(c.words.split()), "reverse")
    counted = CallsCounted(model)
    with TensorsMade() as reading:
        read = handed_on(counted, given.source, c.order, c.seed)
    with TensorsMade() as writing:
        own = generated(counted, read, END, given.target.shape[1])
    _, trace = model.decode(shifted_right(own, END), read)
    shown = {
        "cross-attention": trace.blocks[c.layer].cross_attention,
        "in the encoder": read.blocks[c.layer].attention,
        "in the decoder": trace.blocks[c.layer].self_attention,
    }
    lowest = min(exact_match(kind, c.across, training, MOST, c.order, c.seed) for training in range(TRAININGS))
    other_order, follows = changed(kind, c.across, c.training, "shuffled" if c.order == "as read" else c.order, c.seed)
    return SourceResult(
        c, given.source[0], given.target[0], own[0], shown[c.shown], by_length("states", c), by_length("mean", c),
        lowest, other_order, follows, moved(model, given.source, own, c), counted.encoded, counted.decoded,
        reading.product_flops, writing.product_flops, parameter_count(model),
    )  # fmt: skip


def steps_moved(result: SourceResult, exchanged: Exchanged) -> float:
    """The share of the decoder's steps of which a logit changes."""
    return (result.moved[exchanged].steps > MOVED).float().mean().item()


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
        "source_followed_share": result.follows,
        "states_change_with_the_source": result.moved["a word of the source"].states,
        "states_change_with_the_prefix": result.moved["a word of the prefix"].states,
        "steps_moved_by_the_source": steps_moved(result, "a word of the source"),
        "steps_moved_by_the_prefix": steps_moved(result, "a word of the prefix"),
        "words_right": (result.written == result.target)[:-1].sum().item(),
        "encoder_runs": float(result.encoder_runs),
        "decoder_runs": float(result.decoder_runs),
        "encoded_once_flops": float(result.reading + result.writing),
        "encoded_each_step_flops": float(result.decoder_runs * result.reading + result.writing),
    }
