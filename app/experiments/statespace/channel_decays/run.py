"""RWKV on facts near and far, with the decays that it learned and with others; and its equal forms."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from app.experiments.sweep import Sweep, sweep
from models.data.facts_at_a_distance import Facts, outdated, texts
from models.parameter_count import parameter_count
from models.seeding import generator
from models.serving.kv_cache import cache_bytes
from models.statespace.rwkv import Average, TimeMix, TimeMixTrace, chunkwise, half_life, parallel, recurrent
from models.statespace.rwkv_changes import (
    all_at,
    decayed_first,
    exchanged,
    one_decay,
    permuted,
    with_decays,
    without_bonus,
    without_maximum,
)
from models.statespace.rwkv_model import RWKV
from models.training.cells import TRAININGS
from models.training.fading_memories import FAR, LAYERS, NEAR, SLOTS, WIDTH, accuracy, answers, pretrained, right

ROWS, LONG_ROWS, LONG = 128, 40, 128
"""Held-out texts of the trained length, and of 128 slots, 256 symbols."""
LIVES = [1, 4, 16, 100, 1000]
SHOWN, CANDIDATES = 24, 32
"""Symbols of the text in the third figure; it is the one of so many that asks for most."""

Decays = Literal["as learned", "one half-life for all", "one for all, their mean", "exchanged among channels"]
DECAYS: dict[Decays, Callable[[int], Callable[[Tensor], Tensor]]] = {
    "as learned": lambda life: lambda w: w,
    "one half-life for all": all_at,
    "one for all, their mean": lambda life: one_decay,
    "exchanged among channels": lambda life: exchanged,
}
Form = Literal["with a running maximum", "without it", "sums fade before they are read"]
FORMS: dict[Form, Average] = {
    "with a running maximum": recurrent,
    "without it": without_maximum,
    "sums fade before they are read": decayed_first,
}


class DecayControls(Controls):
    renamed: ClassVar[Mapping[str, str]] = {"decays=the median for all": "one for all, their mean"}
    decays: Decays = Field("as learned", title="Decays")
    half_life: int = Field(1, ge=1, le=1000, title="The one half-life", description="Tokens; for “one half-life”")
    order: Literal["as trained", "reversed"] = Field(
        "as trained", title="Channels", description="Reversed: with all their weights"
    )
    bonus: Literal["as learned", "left out"] = Field("as learned", title="Bonus of the current token")
    form: Form = Field("with a running maximum", title="Recurrent form")
    added: Literal["0", "100"] = Field("0", title="Added to all keys", description="It cancels in the average")
    layer: int = Field(0, ge=0, le=LAYERS - 1, title="Layer of the forms", json_schema_extra=MORE)


class Balance(NamedTuple):
    """Share of right answers."""

    near: float  # stated fewer than 8 tokens ago
    far: float  # at least 32 tokens ago
    near_in_long: float  # near, in texts of 256 symbols
    outdated: float  # of these, answered with a value that the key had before


class Forms(NamedTuple):
    """WKV of one text, (1, T, D) each."""

    parallel: Tensor
    recurrent: Tensor
    chunkwise: Tensor


class DecayResult(NamedTuple):
    controls: DecayControls
    lives: Tensor  # (L, D) half-lives in tokens
    balance: Balance
    learned: Balance
    equal: Balance  # one decay for all channels of a layer, their mean
    one_for_all: Sweep[int, Balance]
    text: Facts  # (1, T)
    trace: TimeMixTrace
    w: Tensor  # (D,)
    u: Tensor  # (D,)
    k: Tensor  # (1, T, D)
    forms: Forms
    state_bytes: int
    parameters: int


def altered(c: DecayControls, device: str) -> RWKV:
    """One of the trainings, which the seed picks, changed as asked for."""
    model = pretrained("rwkv", c.seed % TRAININGS, device)
    assert isinstance(model, RWKV)
    if c.decays != "as learned":
        model = with_decays(model, DECAYS[c.decays](c.half_life))
    if c.order == "reversed":
        model = permuted(model)
    return without_bonus(model) if c.bonus == "left out" else model


@memo
@torch.inference_mode()
def balance(c: DecayControls, device: str) -> Balance:
    model = altered(c, device)
    facts, long = texts(ROWS, SLOTS, generator(c.seed)), texts(LONG_ROWS, LONG, generator(c.seed + 1))
    answered, said = right(model, facts), answers(model, long)
    return Balance(
        accuracy(answered, facts, 1, NEAR), accuracy(answered, facts, FAR),
        accuracy(said == long.targets, long, 1, NEAR), accuracy(outdated(long, said), long, 1, NEAR),
    )  # fmt: skip


def what_is_asked(c: DecayControls) -> DecayControls:
    """The controls that the answers depend on."""
    return DecayControls(seed=c.seed, decays=c.decays, half_life=c.half_life, order=c.order, bonus=c.bonus)


@torch.inference_mode()
def run(controls: DecayControls, device: str) -> DecayResult:
    c, model = controls, altered(controls, device)
    some = texts(CANDIDATES, SHOWN // 2, generator(c.seed + 2))
    text = Facts(*(part[(some.distance > 0).sum(dim=1).argmax()][None] for part in some))
    trace = model(text.ids.to(device))[1][c.layer]
    mixes = [mix for mix in model.time if isinstance(mix, TimeMix)]
    mix = mixes[c.layer]
    w, u, k = mix.decay, mix.bonus, trace.k + float(c.added)
    forms = Forms(parallel(w, u, k, trace.v), FORMS[c.form](w, u, k, trace.v), chunkwise(w, u, k, trace.v, chunk=5))
    own = DecayControls(seed=c.seed)
    with_ = lambda **change: balance(own.model_copy(update=change), device)
    at = lambda life: with_(decays="one half-life for all", half_life=life)
    swept = sweep(at, LIVES, c.half_life if c.decays == "one half-life for all" else LIVES[0])
    return DecayResult(
        c, torch.stack([half_life(mix.decay) for mix in mixes]), balance(what_is_asked(c), device),
        balance(own, device), with_(decays="one for all, their mean"), swept, text,
        trace, w, u, k, forms, 3 * LAYERS * w.numel() * w.element_size(), parameter_count(model),
    )  # fmt: skip


def largest(difference: Tensor) -> float:
    """NaN if any of them is no number."""
    return difference.abs().max().item()


def measure(result: DecayResult) -> Measurements:
    f, lives = result.forms, result.lives
    recurrent, chunked = f.recurrent - f.parallel, f.chunkwise - f.parallel
    return {
        "near_accuracy": result.balance.near,
        "far_accuracy": result.balance.far,
        "far_behind_near_share": result.balance.near - result.balance.far,
        "near_in_long_texts_accuracy": result.balance.near_in_long,
        "outdated_in_long_texts_share": result.balance.outdated,
        "chunkwise_difference": largest(chunked),
        "largest_difference": max(largest(recurrent), largest(chunked), key=lambda x: (x != x, x)),
        "not_a_number_share": 1 - torch.isfinite(f.recurrent).float().mean().item(),
        "shortest_half_life": lives.min().item(),
        "mean_half_life": lives.log().mean().exp().item(),
        "longest_half_life": lives.max().item(),
        "state_bytes": float(result.state_bytes),
        "cache_over_state": cache_bytes(LAYERS, 1, WIDTH, 2 * LONG, 4) / result.state_bytes,
    }
