"""What a linear classifier reads from the mean patch vector of digits under noise.

Symbols
    B  images     T  patches     P  pixels of one     M  digits to learn from     Q  held-out ones     D  width
"""

import torch
from torch import Tensor

from models.contrastive.latent_prediction import LatentPrediction, PixelPrediction
from models.contrastive.linear_probe import linear_probe
from models.data.digits import digits
from models.data.patch_masks import GRID, textured
from models.seeding import generator
from models.transformer.vision_transformer import patches

SIDE = 2
"""Pixels along one side of a patch."""


def every(count: int) -> Tensor:
    """All patches of each image.  (B, T)"""
    return torch.arange(GRID * GRID).expand(count, -1)


@torch.inference_mode()
def seen_digits(noise: float) -> tuple[Tensor, Tensor]:
    """Patches of the digits to learn from and of those held out, under this noise.  (M, T, P), (Q, T, P)"""
    draws = generator(5)
    return tuple(patches(textured(half.images, noise, draws), SIDE) for half in digits())  # type: ignore[return-value]


@torch.inference_mode()
def probe(model: LatentPrediction, noise: float) -> float:
    """Share of held-out digits named rightly; of a network of pixels the context encoder is read."""
    encoder = model.context if isinstance(model, PixelPrediction) else model.target
    given, asked = (encoder(x, every(len(x))).mean(1) for x in seen_digits(noise))
    return linear_probe(given, digits()[0].labels, asked, digits()[1].labels)


@torch.inference_mode()
def pixel_probe(noise: float) -> float:
    """The same, of all 64 pixels themselves."""
    given, asked = (x.flatten(1) for x in seen_digits(noise))
    return linear_probe(given, digits()[0].labels, asked, digits()[1].labels)
