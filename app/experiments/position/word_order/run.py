"""A sentence and the same words in another order, read with and without positions, with and without a causal mask."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.position.long_texts import Read, Repeated, read_long_texts, read_repeated
from app.experiments.text import read
from app.provenance.origin import Computed, computed
from models.attention.masks import causal_mask
from models.language.loss_by_length import TRAINED, scheme_model
from models.position.alibi import slopes
from models.position.rope import frequencies
from models.position.similarity import by_distance, cosines, left_by_slopes, relative_change, rotated_apart
from models.position.sinusoidal import sinusoidal_encoding
from models.seeding import generator

CUT, ORDERS = 14, 6  # tokens of the sentence; shuffles measured, the first one on screen

Scheme = Literal["none", "sinusoidal", "learned", "rope", "alibi"]
SCHEMES: tuple[Scheme, ...] = ("none", "sinusoidal", "learned", "rope", "alibi")


class OrderControls(Controls):
    sentence: Sentence = Field("the dog sees the old man and the man calls Ada", title="Sentence")
    scheme: Scheme = Field("none", title="Position scheme", description="Five decoders of one size, trained alike")
    layers: Literal[1, 2, 3] = Field(3, title="Layers used", description="Of the decoder's three")


class Shuffled(NamedTuple):
    """What the layers make of the sentence in N other orders."""

    change: Tensor  # (N, T) of each word's output, relative to its length, in the order of the sentence
    pooled: Tensor  # (N,) change of the mean output
    after: Tensor  # (T, D) the outputs in the first order
    before: Tensor  # (T, D) those of the sentence, put into that order


class OrderResult(NamedTuple):
    controls: OrderControls
    pieces: list[str]
    different: int  # words before the last that differ from each other
    order: Tensor  # (T,) the first of the other orders
    open: Shuffled  # without a mask
    causal: Shuffled  # with the causal mask
    read: Read
    repeated: Repeated
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


def first(similarity: Tensor) -> Tensor:
    """Of position 0 with the others."""
    return similarity[0]


class Similarity(NamedTuple):
    """How similar two positions are to a scheme, by distance; 1 is the same position."""

    shows: Tensor | Computed
    row: bool = False  # the numbers are the first row of ``shows``

    @property
    def line(self) -> Tensor:
        """(TRAINED,)"""
        tensor = self.shows.tensor if isinstance(self.shows, Computed) else self.shows
        return first(tensor) if self.row else tensor


def similarity(scheme: str) -> Similarity:
    distance = torch.arange(TRAINED)
    match scheme:
        case "sinusoidal":
            waves = computed(sinusoidal_encoding, positions=distance, width=128)
            return Similarity(computed(cosines, codes=waves), row=True)
        case "learned":
            table = scheme_model("learned").get_parameter("position.table").detach()
            return Similarity(computed(by_distance, alike=computed(cosines, codes=table)))
        case "rope":
            theta = computed(frequencies, head_width=16)
            return Similarity(computed(rotated_apart, distance=distance, theta=theta))
        case "alibi":
            return Similarity(computed(left_by_slopes, distance=distance, slope=computed(slopes, heads=8)))
    return Similarity(torch.ones(TRAINED))


@torch.inference_mode()
def run(controls: OrderControls, device: str) -> OrderResult:
    c = controls
    text = read(c.sentence, CUT, "Sentence", device)
    T = text.ids.shape[1]
    order = orders(max(T, 2), c.seed).to(device)[:, :T] if T > 1 else torch.zeros(ORDERS, 1, dtype=torch.long)
    every, causal = torch.ones(T, T, dtype=torch.bool, device=device), causal_mask(T, device=torch.device(device))
    different = len(text.ids[0, :-1].unique())
    equal = "Sentence: equal words cannot be told apart; shuffle at least two different ones before the last"
    return OrderResult(
        c,
        text.pieces,
        different,
        order[0],
        changes(c.scheme, text.ids, order, every, c.layers, device),
        changes(c.scheme, text.ids, order, causal, c.layers, device),
        read_long_texts(c.scheme, None, c.seed, device),
        read_repeated(c.scheme, c.seed, device),
        [*text.notices, *([equal] if different < 2 else [])],
    )


def measure(result: OrderResult) -> Measurements:
    return {
        "different_words_before_the_last": result.different,
        "largest_change_of_an_output": result.open.change.max().item(),
        "largest_change_of_the_mean_output": result.open.pooled.max().item(),
        "change_of_the_last_output_behind_the_mask_percent": 100 * result.causal.change[:, -1].mean().item(),
        "largest_change_behind_the_mask": result.causal.change.max().item(),
        "gain_on_repeated_tokens_nats": result.repeated.gain,
        "right_on_repeated_tokens_percent": 100 * result.repeated.right,
        "loss_within_the_trained_length_nats": result.read.loss[:, : TRAINED - 1].mean().item(),
        "loss_past_the_trained_length_nats": result.read.beyond.item(),
        "similarity_of_positions_32_apart": similarity(result.controls.scheme).line[32].item(),
    }
