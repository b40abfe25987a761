"""Small decoders with vocabularies of 40 to 640 tokens on equally many characters, and what a vocabulary costs."""

import math
from typing import Literal, NamedTuple

from pydantic import Field

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.cost.vocabulary_cost import Part, bits_per_character, flops_per_character, vocabulary_parameters
from models.data.letter_texts import Order, windows
from models.parameter_count import parameter_count
from models.training.vocabulary_sizes import (
    LENGTH,
    SIZES,
    characters,
    config_of,
    pretrained,
    shipped_cut,
    total_nats,
)
from models.transformer.decoder import DecoderConfig

TEXTS, SMALL, MIDDLE = 48, SIZES[0], 320
COUNTED = (32, 40, 56, 80, 112, 160, 224, 320, 448, 640)
"""Vocabularies whose cost is counted; those of SIZES are trained too."""


class Shape(NamedTuple):
    width: int
    layers: int

    @property
    def name(self) -> str:
        return f"width {self.width}"

    def config(self, size: int) -> DecoderConfig:
        return DecoderConfig(
            size, self.width, self.layers, heads=self.width // 16, kv_heads=self.width // 16, head_width=16,
            hidden=5 * self.width // 2, context=LENGTH,
        )  # fmt: skip


SHAPES = Shape(16, 1), Shape(64, 2), Shape(256, 4)


class VocabularySizeControls(Controls):
    size: Literal[40, 80, 160, 320, 640] = Field(160, title="Vocabulary size", description="Tokens of the one shown")
    order: Order = Field("as written", title="Text", description="Shuffled anew for each word or text")
    counted: Part = Field("everything", title="Counted in the compute")
    training: int = Field(
        0, ge=0, le=2, title="Training", description="Which of three trainings", json_schema_extra=MORE
    )


class Trained(NamedTuple):
    """One vocabulary on held-out text."""

    nats_per_token: float
    bits_per_character: float
    tokens: int
    parameters: int  # of the vocabulary


class VocabularySizeResult(NamedTuple):
    controls: VocabularySizeControls
    trained: dict[int, Trained]  # by size
    compute: dict[Shape, list[float]]  # FLOPs per character at each of COUNTED
    text: str
    pieces: dict[int, list[str]]  # size → the text in tokens
    parameters: int


@memo
def held_out(order: Order, seed: int) -> list[str]:
    return windows(order, 20_000 + seed, TEXTS, LENGTH)


@memo
def trained(order: Order, size: int, training: int, seed: int, device: str) -> Trained:
    """A shipped model on held-out text of the same order."""
    texts = held_out(order, seed)
    nats, tokens = total_nats(pretrained(order, size, training, device), shipped_cut(order, size), texts)
    bits = bits_per_character(nats / tokens, tokens, characters(texts))
    return Trained(nats / tokens, bits, tokens, vocabulary_parameters(config_of(size)))


@memo
def tokens_counted(order: Order, seed: int) -> list[list[int]]:
    """Tokens of each held-out text by each vocabulary of COUNTED."""
    return [[len(shipped_cut(order, size).pieces(text)) for text in held_out(order, seed)] for size in COUNTED]


def run(controls: VocabularySizeControls, device: str) -> VocabularySizeResult:
    c = controls
    texts = held_out(c.order, c.seed)
    tokens, length = tokens_counted(c.order, c.seed), characters(texts)
    return VocabularySizeResult(
        c,
        {size: trained(c.order, size, c.training, c.seed, device) for size in SIZES},
        {
            shape: [
                flops_per_character(shape.config(size), each, length, c.counted) for size, each in zip(COUNTED, tokens)
            ]
            for shape in SHAPES
        },
        texts[0],
        {size: shipped_cut(c.order, size).pieces(texts[0]) for size in SIZES},
        parameter_count(pretrained(c.order, c.size, c.training, device)),
    )


def cheapest(compute: list[float]) -> int:
    """The vocabulary with the least compute per character."""
    return COUNTED[min(range(len(COUNTED)), key=compute.__getitem__)]


def saved(compute: list[float]) -> float:
    """The share of the compute per character that 640 tokens save against 160."""
    return 1 - compute[COUNTED.index(640)] / compute[COUNTED.index(160)]


def measure(result: VocabularySizeResult) -> Measurements:
    small, middle, shown = (result.trained[size] for size in (SMALL, MIDDLE, result.controls.size))
    first, *_, last = result.compute.values()
    return {
        "nats_per_token": shown.nats_per_token,
        "bits_per_character": shown.bits_per_character,
        "tokens_per_character": shown.bits_per_character * math.log(2) / shown.nats_per_token,
        "vocabulary_parameters": shown.parameters,
        "bits_saved": small.bits_per_character - middle.bits_per_character,
        "nats_per_token_more": middle.nats_per_token - small.nats_per_token,
        "lowest_loss_per_token_size": min(result.trained, key=lambda size: result.trained[size].nats_per_token),
        "fewest_bits_size": min(result.trained, key=lambda size: result.trained[size].bits_per_character),
        "cheapest_size_narrow": cheapest(first),
        "cheapest_size_wide": cheapest(last),
        "compute_saved_narrow": saved(first),
        "compute_saved_wide": saved(last),
        "more_saved_when_wide": saved(last) - saved(first),
    }
