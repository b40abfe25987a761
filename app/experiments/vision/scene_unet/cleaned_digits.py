"""Twin U-Nets clean noisy held-out digits."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.vision.scene_unet.replaced import LEVELS, Level, Substitute, altered
from models.convolution.pretrained_networks import denoising_unet
from models.data.digits import digits
from models.parameter_count import parameter_count
from models.seeding import normal
from models.training.denoising_unet import ink, squared_error
from models.training.scene_unet import TRAININGS, TWINS, twin_output

UNSEEN = 1000
"""Added to the seed, so that no noise was learned from."""

DIGITS = 6
"""Cleaned digits that are shown."""


class CleanedDigits(NamedTuple):
    """What twins made of noisy held-out digits. Errors are means of squares; paper is 0 and ink is 1."""

    shown: dict[str, Tensor]  # “noisy”, each twin, “truth” → (K, 8, 8)
    noise: float  # error of the noisy digits themselves
    errors: dict[str, float]  # twin → error
    zeroed: dict[Level, float]  # level → error with skips, zeros in its place; “nothing” among them
    parameters: int  # of one twin


@memo
@torch.inference_mode()
def errors_with_zeros(seed: int, noise: float, device: str) -> dict[Level, float]:
    """The squared error on held-out digits with zeros in place of nothing and of each level, with skips."""
    truth, noisy = noisy_digits(seed, noise, device)
    model = denoising_unet(seed % TRAININGS, TWINS[0], device)
    levels: tuple[Level, ...] = ("nothing", *LEVELS)
    return {level: squared_error(altered(model, noisy, level, "zeros"), truth) for level in levels}


def noisy_digits(seed: int, noise: float, device: str) -> tuple[Tensor, Tensor]:
    """The held-out digits, and the same with noise: (B, 1, 8, 8) both."""
    truth = ink(digits()[1].images)
    return truth.to(device), (truth + noise * normal(*truth.shape, seed=UNSEEN + seed)).to(device)


def cleaned_digits(seed: int, noise: float, replaced: Level, by: Substitute, first: int, device: str) -> CleanedDigits:
    """By the twins of one training; those shown begin with the digit of number ``first``."""
    truth, noisy = noisy_digits(seed, noise, device)
    model, twin = (denoising_unet(seed % TRAININGS, twin, device) for twin in TWINS)
    cleaned = {TWINS[0]: altered(model, noisy, replaced, by), TWINS[1]: twin_output(twin, TWINS[1], noisy)}
    rows = [(first + number) % len(truth) for number in range(DIGITS)]
    return CleanedDigits(
        {name: images[rows, 0] for name, images in ({"noisy": noisy} | cleaned | {"truth": truth}).items()},
        squared_error(noisy, truth),
        {name: squared_error(images, truth) for name, images in cleaned.items()},
        errors_with_zeros(seed, noise, device),
        parameter_count(model),
    )
