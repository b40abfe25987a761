"""Hyena read at once and token by token, beside the least possible loss; its filters, its leak and its cost."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.cost.convolution_cost import direct_work, fft_work
from models.cost.mixing_cost import first_length
from models.data.keys_said_again import KEYS, Pairs, texts
from models.parameter_count import parameter_count
from models.seeding import generator
from models.statespace.hyena import Convolve, Hyena, HyenaTrace, circular, direct, padded_twice
from models.statespace.hyena_changes import convolved_by
from models.statespace.sequence_model import SequenceModel
from models.training.cells import TRAININGS
from models.training.hyena_pairs import LAYERS, PAIRS, bounded, by_token, pretrained, whole

ROWS = 32
CHANGED = PAIRS
"""The symbol that is exchanged to see which predictions depend on it: in the middle of the text."""

Trained = Literal["padded", "circular", "padded, without gates"]
KINDS: dict[Trained, str] = {"padded": "padded", "circular": "circular", "padded, without gates": "ungated"}
Gates = Literal["as trained", "through tanh"]
Padding = Literal["as trained", "twice as much", "none: circular"]
PADDINGS: dict[Padding, Convolve] = {"twice as much": padded_twice, "none: circular": circular}


class HyenaControls(Controls):
    trained: Trained = Field("padded", title="Trained", description="Each a training of its own")
    padding: Padding = Field("as trained", title="Padding when it is used")
    gates: Gates = Field("as trained", title="Gates when it is used", description="Where the model has gates")
    layer: int = Field(0, ge=0, le=LAYERS - 1, title="Layer of the filters")
    channels: int = Field(4, ge=1, le=8, title="Filters drawn", json_schema_extra=MORE)


class Losses(NamedTuple):
    """Nats per symbol."""

    whole: float  # the text read at once, as in training
    by_token: float  # each symbol from what precedes it alone, as in generation
    recalled: float  # share of values said before that are predicted right, token by token


class HyenaResult(NamedTuple):
    controls: HyenaControls
    least: float  # of any causal model on these texts, nats per symbol
    losses: Losses
    of_each: dict[Trained, Losses]
    moved: Tensor  # (T − 1,) largest change of a prediction when one symbol is exchanged
    trace: HyenaTrace  # of one text
    convolved: Tensor  # (1, T, D) by FFT, of the layer's first convolution
    directly: Tensor  # (1, T, D)
    parameters: int


def held_out(seed: int) -> Pairs:
    return texts(ROWS, PAIRS, generator(seed))


def altered(c: HyenaControls, device: str) -> SequenceModel:
    gated = c.gates == "through tanh" and c.trained != "padded, without gates"
    model = (bounded if gated else pretrained)(KINDS[c.trained], c.seed % TRAININGS, device)
    return model if c.padding == "as trained" else convolved_by(model, PADDINGS[c.padding])


@memo
@torch.inference_mode()
def losses(trained: Trained, padding: Padding, gates: Gates, seed: int, device: str) -> Losses:
    model = altered(HyenaControls(trained=trained, padding=padding, gates=gates, seed=seed), device)
    pairs = held_out(seed)
    alone = by_token(model, pairs)
    known = pairs.known[:, 1:]
    return Losses(whole(model, pairs).mean().item(), alone.mean().item(), (alone[known] < 0.6931).float().mean().item())


@torch.inference_mode()
def run(controls: HyenaControls, device: str) -> HyenaResult:
    c, model, pairs = controls, altered(controls, device), held_out(controls.seed)
    ids = pairs.ids[:, :-1].to(device)
    other = ids.clone()
    other[:, CHANGED] = (ids[:, CHANGED] + 1) % KEYS  # a key, and another one
    logits, _ = model(ids)
    moved = (logits.softmax(-1) - model(other)[0].softmax(-1)).abs().sum(-1).amax(0) / 2
    one = model(ids[:1])[1].mixers[c.layer]
    mixer = model.blocks[c.layer].mixer
    assert isinstance(mixer, Hyena)
    return HyenaResult(
        c, pairs.entropy[:, 1:].mean().item(), losses(c.trained, c.padding, c.gates, c.seed, device),
        {kind: losses(kind, "as trained", "as trained", c.seed, device) for kind in KINDS}, moved, one,
        mixer.convolve(one.filters[0], one.value), direct(one.filters[0], one.value), parameter_count(model),
    )  # fmt: skip


def measure(result: HyenaResult) -> Measurements:
    now, each = result.losses, result.of_each
    return {
        "loss_nats": now.whole,
        "loss_by_token_nats": now.by_token,
        "below_the_least_loss_nats": result.least - now.whole,
        "lost_in_generation_nats": now.by_token - now.whole,
        "recalled_share": now.recalled,
        "circular_less_padded_nats": each["circular"].whole - each["padded"].whole,
        "least_loss_nats": result.least,
        "change_of_earlier_predictions": result.moved[:CHANGED].max().item(),
        "fft_less_direct": (result.convolved - result.directly).abs().max().item(),
        "fft_from_tokens": float(first_length(direct_work, fft_work)),
    }
