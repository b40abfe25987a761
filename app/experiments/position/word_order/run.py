"""A sentence and its words in another order, read by decoders that are told of places or not, masked or not."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.position.long_texts import Read, read_long_texts
from app.experiments.text import read
from app.provenance.origin import Drawn, computed
from models.attention.masks import causal_mask
from models.language.loss_by_length import TRAINED, scheme_model
from models.position.alibi import slopes
from models.position.rope import frequencies
from models.position.similarity import by_distance, cosines, left_by_slopes, relative_change, turned_apart
from models.position.sinusoidal import sinusoidal_encoding
from models.seeding import generator

CUT, ORDERS = 14, 6  # tokens of the sentence; shuffles measured, the first one on screen

Scheme = Literal["none", "sinusoidal", "learned", "rope", "alibi"]
SCHEMES: tuple[Scheme, ...] = ("none", "sinusoidal", "learned", "rope", "alibi")


class OrderControls(Controls):
    sentence: Sentence = Field("the dog sees the old man and the man calls Ada", title="Sentence")
    scheme: Scheme = Field("none", title="Places told by", description="Five decoders of one size, trained alike")
    layers: Literal[1, 2, 3] = Field(3, title="Layers read", description="Of the decoder’s three")


class Shuffled(NamedTuple):
    """What the layers make of the sentence in N other orders."""

    change: Tensor  # (N, T) of each word’s output over its length, in the order of the sentence
    pooled: Tensor  # (N,) change of the mean output
    after: Tensor  # (T, D) the outputs in the first order
    before: Tensor  # (T, D) those of the sentence, put into that order


class OrderResult(NamedTuple):
    controls: OrderControls
    pieces: list[str]
    order: Tensor  # (T,) the first of the other orders
    open: Shuffled  # every token seeing every other
    causal: Shuffled  # behind the causal mask
    likeness: dict[str, Tensor]  # scheme → (TRAINED,) how alike two places are, by distance
    read: Read
    notices: list[str]


def orders(tokens: int, seed: int) -> Tensor:
    """Shuffles that leave the last token where it is, none of them the order as it was: (N, T)."""
    draws, last = generator(seed), torch.tensor([tokens - 1])
    found = [torch.cat([torch.randperm(tokens - 1, generator=draws), last]) for _ in range(ORDERS)]
    return torch.stack(
        [order if (order.diff() != 1).any() else torch.cat([order[:-1].flip(0), last]) for order in found]
    )


def changes(scheme: str, ids: Tensor, order: Tensor, mask: Tensor, layers: int, device: str) -> Shuffled:
    """‖f(Px) − P f(x)‖ / ‖P f(x)‖ for every token, and of the mean."""
    rows = torch.cat([ids, ids[0][order]])
    outputs = scheme_model(scheme, device)(rows, mask=mask)[1].residual[layers]  # (1 + N, T, D)
    before, after = outputs[0], outputs[1:]
    expected = before[order]
    moved = relative_change(after, expected)
    pooled = relative_change(after.mean(dim=1), before.mean(dim=0))
    return Shuffled(torch.zeros_like(moved).scatter(1, order, moved), pooled, after[0], expected[0])


@lru_cache(maxsize=1)
def likeness() -> tuple[Drawn, ...]:
    """How alike two places are to each of SCHEMES, by distance; 1 is the same place. (TRAINED,)"""
    distance = torch.arange(TRAINED)
    learned = scheme_model("learned").get_parameter("position.table").detach()
    waves = computed(sinusoidal_encoding, positions=distance, width=128)
    return (
        Drawn("likeness", torch.ones(TRAINED), trace=0),
        Drawn("likeness", computed(cosines, codes=waves), lambda alike: alike[0], trace=1),
        Drawn("likeness", computed(by_distance, alike=computed(cosines, codes=learned)), trace=2),
        Drawn(
            "likeness", computed(turned_apart, distance=distance, theta=computed(frequencies, head_width=16)), trace=3
        ),
        Drawn("likeness", computed(left_by_slopes, distance=distance, slope=computed(slopes, heads=8)), trace=4),
    )


@torch.inference_mode()
def run(controls: OrderControls, device: str) -> OrderResult:
    c = controls
    text = read(c.sentence, CUT, "Sentence", device)
    T = text.ids.shape[1]
    order = orders(max(T, 2), c.seed).to(device)[:, :T] if T > 1 else torch.zeros(ORDERS, 1, dtype=torch.long)
    every, causal = torch.ones(T, T, dtype=torch.bool, device=device), causal_mask(T, device=torch.device(device))
    return OrderResult(
        c,
        text.pieces,
        order[0],
        changes(c.scheme, text.ids, order, every, c.layers, device),
        changes(c.scheme, text.ids, order, causal, c.layers, device),
        {scheme: drawn.view(drawn.tensor) for scheme, drawn in zip(SCHEMES, likeness(), strict=True)},
        read_long_texts(c.scheme, None, c.seed, device),
        text.notices,
    )


def measure(result: OrderResult) -> Measurements:
    return {
        "largest_change_of_an_output": result.open.change.max().item(),
        "largest_change_of_the_mean_output": result.open.pooled.max().item(),
        "change_of_the_last_output_behind_the_causal_mask": result.causal.change[:, -1].mean().item(),
        "largest_change_behind_the_causal_mask": result.causal.change.max().item(),
        "loss_within_the_trained_length_nats": result.read.loss[:, : TRAINED - 1].mean().item(),
        "loss_past_the_trained_length_nats": result.read.beyond.item(),
        "likeness_of_places_32_apart": result.likeness[result.controls.scheme][32].item(),
    }
