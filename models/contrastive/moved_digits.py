"""Digits that were rotated, scaled and moved at random: what is learned from views is judged on them.

Symbols
    K  digits of which one per class is labelled     Q  held-out digits that are asked     N  pixels     R  repetitions
"""

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from models.contrastive.few_labels import one_label_accuracy, one_of_each
from models.contrastive.linear_probe import linear_probe
from models.data.digit_views import Ranges, textures, view
from models.data.digits import digits
from models.seeding import generator

ASKED = Ranges(noise=0.0)
REPETITIONS = 50


class MovedDigits(NamedTuple):
    known: Tensor  # (K, N)
    classes: Tensor  # (K,)
    asked: Tensor  # (Q, N)
    wanted: Tensor  # (Q,)
    given: Tensor  # (R, 10) places of the labelled ones, in each repetition

    def accuracy(self, known: Tensor, asked: Tensor) -> float:
        """With one label per class, by these features of the known (K, C) and of the asked (Q, C)."""
        return one_label_accuracy(known, self.classes, asked, self.wanted, self.given)

    def probe(self, known: Tensor, asked: Tensor) -> float:
        """With all labels, by a linear classifier."""
        return linear_probe(known, self.classes, asked, self.wanted)


@lru_cache(maxsize=8)
@torch.inference_mode(False)
def moved_digits(texture: float = 0.0) -> MovedDigits:
    """The same for all runs; ``texture``: how strong the stripes over each digit are, 1 from paper to ink."""
    draws = generator(77)
    (known, classes), (asked, wanted) = digits()
    moved, turned = (view(images, ASKED, draws) for images in (known, asked))
    given = one_of_each(classes, REPETITIONS, draws)
    striped = [(x + texture * textures(len(x), x.shape[-1], draws)).flatten(1) for x in (moved, turned)]
    return MovedDigits(striped[0], classes, striped[1], wanted, given)


@lru_cache(maxsize=8)
def pixel_accuracy(texture: float = 0.0) -> float:
    """With one label per class, by the pixels themselves."""
    data = moved_digits(texture)
    return data.accuracy(data.known, data.asked)


@lru_cache(maxsize=8)
def pixel_probe(texture: float = 0.0) -> float:
    """With all labels, by a linear classifier of the pixels themselves."""
    data = moved_digits(texture)
    return data.probe(data.known, data.asked)
