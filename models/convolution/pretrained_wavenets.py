"""The WaveNets that are shipped, by their kind; trained ones are loaded once. Share those, do not train them."""

from collections.abc import Mapping
from functools import lru_cache

import torch

from models.checkpoints import load_state
from models.convolution.wavenet import WaveNet
from models.data.waveforms import PATTERN_LEVELS, PITCHES, TONE_LEVELS
from models.seeding import unfilled

CHANNELS = 16
GROWING = 1, 2, 4, 8, 16, 32, 64
TONES = "by label", "by label, again", "labels shuffled"
STACKS: Mapping[str, tuple[int, ...]] = {
    "growing": (1, 2, 4, 8, 16, 32),
    "all 1": (1,) * 6,
    "shrinking": (32, 16, 8, 4, 2, 1),
}
"""Dilations from the input up: as many layers, and so parameters, in each."""
TRAININGS = 3


def tone_net() -> WaveNet:
    return WaveNet(TONE_LEVELS, CHANNELS, GROWING, len(PITCHES))


def pattern_net(stack: str) -> WaveNet:
    return WaveNet(PATTERN_LEVELS, CHANNELS, STACKS[stack])


@lru_cache(maxsize=32)
def pattern_wavenet(stack: str, training: int, device: str = "cpu") -> WaveNet:
    """Of the checkpoint ``wavenet_patterns``: growing, all 1 or shrinking; trainings 1 to 3."""
    with unfilled():
        model = pattern_net(stack)
    return _loaded(model, "wavenet_patterns", f"{stack} {training}.", device)


@lru_cache(maxsize=32)
def tone_wavenet(kind: str, device: str = "cpu") -> WaveNet:
    """Of the checkpoint ``wavenet_tones``: by label, by label, again or labels shuffled."""
    with unfilled():
        model = tone_net()
    return _loaded(model, "wavenet_tones", f"{kind}.", device)


def _loaded(model: WaveNet, checkpoint: str, own: str, device: str) -> WaveNet:
    with torch.inference_mode(False):
        state = {k.removeprefix(own): w for k, w in load_state(checkpoint).items() if k.startswith(own)}
        model.load_state_dict(state, assign=True)
        return model.to(device).eval().requires_grad_(False)
