"""The trained networks on scenes and digits that lie several in a checkpoint, each loaded once a process and device.

Share them; do not train them.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import torch
from torch import nn

from models.checkpoints import load_state
from models.convolution.capsule_network import CapsuleNetwork
from models.convolution.dynamic_routing import Squash, squash
from models.convolution.unet import UNet
from models.seeding import unfilled

M = TypeVar("M", bound=nn.Module)

DENOISING_CHANNELS = 4
"""Channels of the first level of the U-Nets that clean digits."""


def _part(checkpoint: str, own: str, build: Callable[[], M], snapshot: int | None, device: str) -> M:
    """A model whose weights lie under names that begin with ``own``, at one point of its training if there are more."""
    with torch.inference_mode(False):
        with unfilled():
            model = build()
        found = {k.removeprefix(own): w for k, w in load_state(checkpoint).items() if k.startswith(own)}
        state = {k: w if snapshot is None else w[snapshot] for k, w in found.items()}
        model.load_state_dict(state, assign=True)
        return model.to(device).eval().requires_grad_(False)


@cache
def scene_unet(training: int, twin: str, snapshot: int = -1, device: str = "cpu") -> UNet:
    """One of the twin U-Nets in the checkpoint ``scene_unet``."""
    return _part("scene_unet", f"{training}.{twin}.", UNet, snapshot, device)


@cache
def denoising_unet(training: int, twin: str, device: str = "cpu") -> UNet:
    """One of the twin U-Nets in the checkpoint ``denoising_unet``: one number per pixel."""
    return _part("denoising_unet", f"{training}.{twin}.", lambda: UNet(DENOISING_CHANNELS, classes=1), None, device)


@cache
def digit_capsules(
    training: int, kind: str, iterations: int = 3, squashed: Squash = squash, device: str = "cpu"
) -> CapsuleNetwork:
    """One of the capsule networks in the checkpoint ``digit_capsules``, run with these iterations and this squash."""
    return _part("digit_capsules", f"{training}.{kind}.", lambda: CapsuleNetwork(iterations, squashed), None, device)
