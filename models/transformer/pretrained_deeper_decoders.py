"""A decoder of four layers and what it was grown to, loaded from one checkpoint; and the losses of continued training.

``models.training.deeper_decoders`` makes them: two trainings of everything.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

import torch
from torch import Tensor

from models.checkpoints import load_card, load_state
from models.layers.swiglu import SwiGLU
from models.seeding import unfilled
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.depth_upscaling import (
    appended_order,
    doubled_order,
    upscaled_order,
)

NAME = "deeper_decoders"
LAYERS, DROPPED = 4, 1
Layout = Literal[
    "overlapping copies", "first layers again at the end", "each middle layer twice", "added layers silent"
]
ORDERS: Mapping[Layout, list[int]] = {
    "overlapping copies": upscaled_order(LAYERS, DROPPED),
    "first layers again at the end": appended_order(LAYERS, DROPPED),
    "each middle layer twice": doubled_order(LAYERS, DROPPED),
    "added layers silent": upscaled_order(LAYERS, DROPPED),
}
Kind = Literal["source", "grown"]
SOURCE = DecoderConfig(
    vocabulary=1024, width=32, layers=LAYERS, heads=2, kv_heads=1, head_width=16, hidden=80, context=64
)
DEEPER = dataclasses.replace(SOURCE, layers=len(upscaled_order(LAYERS, DROPPED)))
TRAININGS = 2
POINTS = (0, 5, 10, 20, 40, 80, 120)
CURVES: tuple[str, ...] = (*ORDERS, "not grown")


def build(config: DecoderConfig) -> Callable[[], Decoder]:
    return lambda: Decoder(config, None, SwiGLU)


def frozen(config: DecoderConfig, state: Mapping[str, Tensor]) -> Decoder:
    with torch.inference_mode(False):
        with unfilled():
            model = build(config)()
        model.load_state_dict({name: weight.float() for name, weight in state.items()}, assign=True)
        return model.eval().requires_grad_(False)


@lru_cache(maxsize=8)
def pretrained(kind: Kind, training: int, device: str = "cpu") -> Decoder:
    """The source, or the overlapping copies after their continued training; share it."""
    own = f"{kind}."
    state = {name.removeprefix(own): w[training] for name, w in load_state(NAME).items() if name.startswith(own)}
    return frozen(SOURCE if kind == "source" else DEEPER, state).to(device)


def from_scratch(training: int) -> float:
    """The held-out loss of six layers that learned from scratch, nats per token, as the card tells it."""
    return float(load_card(NAME)["losses from scratch"][training])


def curves(training: int) -> dict[str, Tensor]:
    """Held-out losses (P,) of each way after POINTS steps of continued training."""
    return {name: load_state(NAME)[f"curve.{name}"][training] for name in CURVES}
