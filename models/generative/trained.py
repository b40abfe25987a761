"""The trained networks of this chapter, each loaded once a process and device; share them, do not train them."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import torch
from torch import nn

from models.checkpoints import load_state
from models.data.points import POINT_SETS
from models.generative.digit_classifier import DigitClassifier
from models.generative.digit_unet import DigitUNet
from models.generative.point_denoiser import PointDenoiser

M = TypeVar("M", bound=nn.Module)


def _restored(build: Callable[[], M], name: str, device: str) -> M:
    with torch.device("meta"):
        model = build()
    model.load_state_dict({key: weight.to(device) for key, weight in load_state(name).items()}, assign=True)
    return model.eval().requires_grad_(False)


@cache
def digit_denoiser(device: str = "cpu") -> DigitUNet:
    return _restored(DigitUNet, "digit_denoiser", device)


@cache
def digit_classifier(device: str = "cpu") -> DigitClassifier:
    return _restored(DigitClassifier, "digit_classifier", device)


@cache
def point_denoiser(device: str = "cpu") -> PointDenoiser:
    return _restored(lambda: PointDenoiser(len(POINT_SETS)), "point_denoiser", device)
