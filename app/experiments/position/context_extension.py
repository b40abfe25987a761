"""One decoder trained at 64 tokens, its rotary frequencies stretched by one method or another."""

import copy
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from torch import Tensor

from app.experiments.memo import memo
from app.provenance.origin import Computed, computed
from models.language.held_out import Purpose
from models.language.loss_by_length import TRAINED, losses, scheme_model, texts
from models.position.rope import frequencies
from models.position.scaled_rope import (
    ScaledRoPE,
    full_rotations,
    interpolated,
    kept_share,
    ntk_base,
    ntk_by_parts,
    score_factor,
    slowing,
    with_position,
)
from models.training.uptraining import uptrain
from models.transformer.decoder import Decoder

BASE = 10_000.0
TOKENS = 2048  # read of long texts; with a fourth of them the choice of texts outweighed some effects
TUNED, RATE = 512, 1e-3  # tokens of a step of further training

Method = Literal["none", "interpolation", "NTK-aware", "base · s²", "NTK-by-parts", "YaRN"]
COMPARED: tuple[Method, ...] = ("none", "interpolation", "NTK-aware", "YaRN")


class Shape(NamedTuple):
    """What decides the frequencies."""

    head_width: int
    trained: int
    alpha: float
    beta: float
    base: float = BASE


def theta(method: str, stretch: float, of: Shape) -> Tensor:
    """Radians per position of every pair by that method: (P,)."""
    return computed_theta(method, stretch, of).tensor


def computed_theta(method: str, stretch: float, of: Shape) -> Computed:
    s, plain = float(stretch), computed(frequencies, head_width=of.head_width, base=of.base)
    if method == "interpolation":
        return computed(interpolated, theta=plain, stretch=s)
    if method == "NTK-aware":
        base = computed(ntk_base, base=of.base, stretch=s, head_width=of.head_width)
        return computed(frequencies, head_width=of.head_width, base=base)
    if method == "base · s²":
        return computed(frequencies, head_width=of.head_width, base=of.base * s**2)
    if method in ("NTK-by-parts", "YaRN"):
        full = computed(full_rotations, theta=plain, length=of.trained)
        kept = computed(kept_share, rotations=full, alpha=of.alpha, beta=of.beta)
        return computed(ntk_by_parts, theta=plain.tensor, stretch=s, kept=kept)  # a trace goes on to what is kept
    return plain


def slowed(method: str, stretch: float, of: Shape) -> Computed:
    """How many times slower each pair rotates by that method: (P,)."""
    return computed(slowing, theta=theta("none", stretch, of), scaled=computed_theta(method, stretch, of))


def paper_scores(method: str, stretch: float) -> float:
    """The factor on the scores that comes with a method: YaRN's, and 1 for all others."""
    return score_factor(stretch) ** 2 if method == "YaRN" else 1.0


def stretched(
    method: str, stretch: float, of: Shape, device: str, scores: float | None = None, decoder: Decoder | None = None
) -> Decoder:
    """The trained decoder, or another, with the frequencies of that method; ``scores`` multiplies the scores, by the
    paper's factor unless given.
    """
    factor = paper_scores(method, stretch) if scores is None else scores
    position = ScaledRoPE(theta(method, stretch, of), factor**0.5).to(device)  # queries and keys carry one root each
    return with_position(decoder or scheme_model("rope", device), position)


def length(stretch: int) -> int:
    """Of the texts read: as long as the stretch is meant for, and never so short that none of it is new."""
    return TRAINED * max(stretch, 2)


@memo
def long_texts(seed: int, rows: int, tokens: int, purpose: Purpose = "evaluation") -> Tensor:
    """Held-out documents, one after the other: (rows, tokens). Every method reads the same."""
    return texts(seed, rows, tokens, purpose)


def read(model: Decoder, stretch: int, seed: int, device: str) -> Tensor:
    """Mean loss of held-out texts by position: (T − 1,)."""
    T = length(stretch)
    return losses(model, long_texts(seed, max(TOKENS // T, 2), T).to(device)).mean(dim=0)


def trained_on(starts: Mapping[str, Decoder], rows: Tensor) -> Iterator[dict[str, Decoder]]:
    """Decoders trained further on the same rows (N, T), ``TUNED`` tokens at a time: all of them after every step."""
    batch = TUNED // rows.shape[1]
    models = {name: copy.deepcopy(start).requires_grad_(True) for name, start in starts.items()}
    for _ in zip(*(uptrain(model, rows, batch, RATE) for model in models.values()), strict=True):
        yield models


def inside(loss: Tensor) -> float:
    """Nats per token within the trained length."""
    return loss[: TRAINED - 1].mean().item()


def beyond(loss: Tensor) -> float:
    """Nats per token past it."""
    return loss[TRAINED:].mean().item()


def at_the_end(loss: Tensor) -> float:
    """Nats per token over the last quarter of the text."""
    return loss[-len(loss) // 4 :].mean().item()


def read_untuned(method: str, stretch: int, of: Shape, seed: int, device: str, scores: float | None = None) -> Tensor:
    """Mean loss by position with the weights as trained: (T − 1,)."""
    factor = paper_scores(method, stretch) if scores is None else scores
    return _read_untuned("NTK-by-parts" if method == "YaRN" else method, stretch, of, seed, device, factor)


@memo
def _read_untuned(method: str, stretch: int, of: Shape, seed: int, device: str, scores: float) -> Tensor:
    """YaRN is NTK-by-parts with other scores: both are read once."""
    return read(stretched(method, stretch, of, device, scores), stretch, seed, device)
