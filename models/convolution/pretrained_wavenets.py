"""The WaveNets that are shipped, by their kind; trained ones are loaded once. Share those, do not train them."""

from functools import lru_cache

import torch

from models.checkpoints import load_state
from models.convolution.wavenet import WaveNet
from models.data.waveforms import PITCHES, TONE_LEVELS
from models.seeding import unfilled

CHANNELS = 16
GROWING = 1, 2, 4, 8, 16, 32, 64
TONES = "by label", "by label, again", "labels shuffled"


def tone_net() -> WaveNet:
    return WaveNet(TONE_LEVELS, CHANNELS, GROWING, len(PITCHES))


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
