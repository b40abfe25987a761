"""What the diffusion pages draw: digits by class, or a set of points; each with its denoiser and its judge."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.data.digits import digits
from models.data.points import POINT_SETS
from models.generative import pretrained_networks as trained
from models.generative.denoiser import Denoiser
from models.generative.distances import nearest_distance
from models.parameter_count import parameter_count
from models.seeding import generator

DIGITS = "digits"
POINTS_DRAWN, DIGITS_DRAWN = 140, 40
TOLERATED = 0.99


class Subject(NamedTuple):
    """``asked`` names the class of every sample; ``learned`` and ``held_out`` are real samples of these classes."""

    denoiser: Denoiser
    asked: Tensor  # (P,)
    learned: Tensor  # (Q, …)
    learned_labels: Tensor  # (Q,)
    held_out: Tensor  # (R, …)
    limit: float
    on_target: Callable[[Tensor], Tensor]  # (P, …) → (P,) True where the sample is what was asked for


def subject(data: str, digit: str, device: str) -> Subject:
    """The digits 0 … 9 in turn, or one of them many times, or a set of points."""
    return _digits(digit, device) if data == DIGITS else _points(data, device)


def _digits(digit: str, device: str) -> Subject:
    learned, held_out = digits()
    classes = range(10) if digit == "all" else [int(digit)]
    asked = torch.tensor(list(classes)).repeat(DIGITS_DRAWN // len(classes)).to(device)
    seen, unseen = (torch.isin(half.labels, asked.cpu()) for half in (learned, held_out))
    judge = trained.digit_classifier(device)
    return Subject(
        trained.digit_denoiser(device),
        asked,
        learned.images[seen].to(device),
        learned.labels[seen].to(device),
        held_out.images[unseen].to(device),
        1.0,
        lambda x: judge(x)[0].argmax(-1) == asked,
    )


@cache
def _points(data: str, device: str) -> Subject:
    learned, held_out = (POINT_SETS[data](1000, generator(seed)).to(device) for seed in (1, 2))
    reach = nearest_distance(held_out, learned).quantile(TOLERATED)
    asked = torch.full((POINTS_DRAWN,), list(POINT_SETS).index(data), device=device)
    return Subject(
        trained.point_denoiser(device),
        asked,
        learned,
        torch.full((len(learned),), int(asked[0]), device=device),
        held_out,
        3.0,
        lambda x: nearest_distance(x, learned) <= reach,
    )


def weights(denoiser: Denoiser) -> int:
    """How many numbers were learned."""
    assert isinstance(denoiser, nn.Module)
    return parameter_count(denoiser)
