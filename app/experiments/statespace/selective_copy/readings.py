"""What came of held-out sequences: symbols copied rightly, elsewhere or not at all, and where the weights lay."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.statespace.selective_copy.altered import PARTS, Change, altered
from models.data.symbol_sequences import FIRST_VALUE, GO, NOISE, NOT_ASKED, Sequences, delayed_copy, selective_copy
from models.language.pretrained_text_models import sequence
from models.seeding import generator
from models.statespace.selective_scan import hidden_attention, relative_weights
from models.statespace.sequence_model import SequenceModel

ROWS, LENGTH, COPIED = 24, 32, 8
WEIGHED = 4
"""Held-out sequences of which the hidden attention is worked out: 128 matrices each."""


class Shares(NamedTuple):
    """Mean weight, at the tokens that must predict a symbol, on that symbol where it first stood."""

    hidden: float
    attention: float
    uniform: float  # equal weight on every token so far


@memo
def held_out(seed: int, length: int = LENGTH) -> Sequences:
    return selective_copy(ROWS, length, COPIED, generator(seed + 1))


@memo
@torch.inference_mode()
def means(seed: int, device: str) -> list[dict[str, Tensor]]:
    """Mean Δ (C,), B (N,) and C (N,) of each trained layer, over other sequences than those that are copied."""
    other = selective_copy(ROWS, LENGTH, COPIED, generator(seed + 100_001)).inputs.to(device)
    traces = sequence("mamba", device)(other)[1].mixers
    return [{part: getattr(trace, part).mean(dim=(0, 1)) for part in PARTS.values()} for trace in traces]


def prepared(change: Change, seed: int, device: str) -> SequenceModel:
    """The trained model, changed."""
    return altered(sequence("mamba", device), change, means(seed, device))


class Reading(NamedTuple):
    """What came of the held-out sequences."""

    accuracy: float  # share of symbols copied rightly
    at_symbols: list[Tensor]  # (C,) per layer: mean Δ at symbols to copy
    at_noise: list[Tensor]  # (C,)


def right_share(logits: Tensor, read: Sequences) -> float:
    right = (logits.argmax(dim=-1).cpu() == read.targets)[read.targets != NOT_ASKED]
    return right.float().mean().item()


def to_copy(ids: Tensor) -> Tensor:
    """Where the symbols to copy stand.  (B, T), bool"""
    return (ids >= FIRST_VALUE) & ((ids == GO).cumsum(dim=1) == 0)


def misplaced_share(logits: Tensor, read: Sequences) -> float:
    """Share of the answers that are a symbol of the sequence, and not the one that is due."""
    answers = logits.argmax(dim=-1).cpu()
    there = torch.zeros(len(answers), logits.shape[-1], dtype=torch.bool)  # (B, V)
    row, place = to_copy(read.inputs).nonzero(as_tuple=True)
    there[row, read.inputs[row, place]] = True
    wrong = there.gather(1, answers) & (answers != read.targets)  # (B, T)
    return wrong[read.targets != NOT_ASKED].float().mean().item()


@memo
@torch.inference_mode()
def misplaced_of(change: Change, length: int, seed: int, device: str) -> float:
    read = held_out(seed, length)
    return misplaced_share(prepared(change, seed, device)(read.inputs.to(device))[0], read)


@memo
@torch.inference_mode()
def reading(change: Change, seed: int, device: str) -> Reading:
    read = held_out(seed)
    ids = read.inputs.to(device)
    logits, traces = prepared(change, seed, device)(ids)
    asked = to_copy(ids)
    return Reading(
        right_share(logits, read),
        [trace.delta[asked].mean(dim=0) for trace in traces.mixers],
        [trace.delta[ids == NOISE].mean(dim=0) for trace in traces.mixers],
    )


@memo
@torch.inference_mode()
def accuracy_of(training: str, change: Change, length: int, seed: int, device: str) -> float:
    """Share of symbols that a trained model copies rightly, from sequences of that length."""
    read = held_out(seed, length)
    model = prepared(change, seed, device) if training == "mamba" else sequence(training, device)
    return right_share(model(read.inputs.to(device))[0], read)


@memo
@torch.inference_mode()
def after_one_delay(seed: int, device: str) -> float:
    """Share of symbols that S4D copies rightly, trained and tested with each as many tokens before its copy."""
    read = delayed_copy(ROWS, LENGTH, COPIED, generator(seed + 1))
    return right_share(sequence("s4d_delayed", device)(read.inputs.to(device))[0], read)


@memo
@torch.inference_mode()
def on_copied(change: Change, layer: int, seed: int, device: str) -> Shares:
    ids = held_out(seed).inputs[:WEIGHED].to(device)
    stood = torch.stack([row.nonzero()[:, 0] for row in to_copy(ids)])  # (B, M)
    asked = torch.arange(LENGTH - COPIED, LENGTH, device=device)
    trace = prepared(change, seed, device)(ids)[1].mixers[layer - 1]
    hidden = relative_weights(hidden_attention(trace.decay, trace.delta, trace.B, trace.C))
    mean = lambda weights: weights[:, asked].gather(2, stood[..., None]).mean().item()
    attention = sequence("attention", device)(ids)[1].mixers[layer - 1].weights.mean(dim=1)  # over heads
    return Shares(mean(hidden), mean(attention), (1.0 / (asked + 1)).mean().item())


@memo
@torch.inference_mode()
def leak_of(change: Change, seed: int, device: str) -> float:
    """Largest change of an earlier output after the last token is exchanged, over the largest output."""
    ids = held_out(seed).inputs[:4].to(device)
    exchanged = ids.clone()
    exchanged[:, -1] = FIRST_VALUE + (ids[:, -1] - FIRST_VALUE + 7) % 32
    before, after = prepared(change, seed, device)(torch.cat([ids, exchanged]))[0][:, :-1].chunk(2)
    return ((before - after).abs().max() / before.abs().max()).item()
