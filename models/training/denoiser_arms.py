"""The arms of the small denoisers: transformers by size of the patches and by how they start, and a U-Net."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

from models.generative.diffusion_transformer import DiffusionTransformer
from models.generative.digit_unet import DigitUNet
from models.seeding import seeded

SIZES = {"width": 24, "layers": 2, "heads": 2, "hidden": 48}


def transformer(side: int) -> DiffusionTransformer:
    return DiffusionTransformer(side, **SIZES)


def unet() -> DigitUNet:
    return DigitUNet((10, 20), 32, groups=5, dropout=0.0)


BUILDS: Mapping[str, Callable[[], nn.Module]] = {
    "patch 1": lambda: transformer(1),
    "patch 2": lambda: transformer(2),
    "patch 4": lambda: transformer(4),
    "U-Net": unet,
    "patch 2, gates start at 1": lambda: transformer(2),
    "patch 2, scales start at 1": lambda: transformer(2),
}
"""Arm → its network."""
OPENED = {"gates": ("gate", "feed-forward gate"), "scales": ("scale", "feed-forward scale")}
"""Which of a block's six vectors of adaLN start at 1 in the last two arms."""


@torch.no_grad()
def started(arm: str, training: int) -> nn.Module:
    """The network of an arm as its training begins. Weights of transformers of one patch size are the same."""
    model = seeded(BUILDS[arm], training)
    if isinstance(model, DiffusionTransformer):
        model.start()
        for vector in (one for name, chosen in OPENED.items() if f"{name} start" in arm for one in chosen):
            for block in model.blocks:
                block.hold(vector, 1.0)
    return model
