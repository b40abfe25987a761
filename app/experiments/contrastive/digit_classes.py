"""Digits 0 to 6, of which pairs are trained, and 7 to 9, which are only asked about."""

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from models.contrastive.verification import all_pairs, area_under_curve
from models.data.digits import digits

TRAINED = 7
"""Digits below are trained, unless all are."""

PIXELS = 64


class DigitClasses(NamedTuple):
    x: Tensor  # (B, 64) to learn from
    y: Tensor  # (B,)
    order: Tensor  # (B,) examples by class
    first: Tensor  # (C,) where each class begins in it
    size: Tensor  # (C,) examples of each class
    held_out: Tensor  # (Q, 64) of all ten digits
    held_out_y: Tensor  # (Q,)


@cache
def digit_classes(highest: int) -> DigitClasses:
    """Examples of the digits up to ``highest`` to learn from; held-out ones of all digits."""
    given, held_out = digits()
    known = given.labels <= highest
    x, y = given.images[known].flatten(1), given.labels[known]
    size = torch.bincount(y)
    return DigitClasses(
        x, y, y.argsort(stable=True), size.cumsum(0) - size, size, held_out.images.flatten(1), held_out.labels
    )


def another_of_its_class(data: DigitClasses, chosen: Tensor, draws: torch.Generator) -> Tensor:
    """For each chosen example any one of its class, itself among them.  (B,) → (B,)"""
    classes = data.y[chosen]
    within = (torch.rand(len(chosen), generator=draws) * data.size[classes]).long()
    return data.order[data.first[classes] + within]


@cache
def pixel_areas() -> tuple[float, float]:
    """Area under the curve of the distance of raw pixels: for digits 0 to 6, and for 7 to 9."""
    data = digit_classes(9)
    chosen = data.held_out_y < TRAINED
    return tuple(  # type: ignore[return-value]
        area_under_curve(*all_pairs(data.held_out[own], data.held_out[own], data.held_out_y[own]))
        for own in (chosen, ~chosen)
    )
