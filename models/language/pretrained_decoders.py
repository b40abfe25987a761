"""Decoders that have learned: built from the architecture in a checkpoint's card, loaded once a process."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from threading import Lock
from typing import Any

import torch

from models.checkpoints import load_card, load_whole_state
from models.layers.no_feed_forward import NoFeedForward
from models.layers.swiglu import SwiGLU
from models.position.alibi import ALiBi
from models.position.learned import LearnedPosition
from models.position.rope import RoPE
from models.position.scheme import NoPosition, PositionScheme
from models.position.sinusoidal import Sinusoidal
from models.routing.mixture_of_experts import SparseMoE
from models.seeding import unfilled
from models.transformer.decoder import Decoder, DecoderConfig, FeedForward

POSITIONS: Mapping[str, Callable[[DecoderConfig], PositionScheme]] = {
    "rope": lambda config: RoPE(),
    "alibi": lambda config: ALiBi(),
    "learned": lambda config: LearnedPosition(config.context, config.width),
    "sinusoidal": lambda config: Sinusoidal(),
    "none": lambda config: NoPosition(),
}

FEED_FORWARDS: Mapping[str, FeedForward] = {
    "swiglu": SwiGLU,
    "mixture": partial(SparseMoE, experts=8, k=2),
    "none": NoFeedForward,
}

_building = Lock()


def build(config: Mapping[str, int], position: str = "rope", feed_forward: str = "swiglu") -> Decoder:
    """A decoder from the plain words and numbers of a card's ``architecture``; its weights are still to come."""
    sizes = DecoderConfig(**config)
    return Decoder(sizes, POSITIONS[position](sizes), FEED_FORWARDS[feed_forward])


def pretrained(name: str, device: str = "cpu", snapshot: int = -1) -> Decoder:
    """The trained decoder of that name, frozen, and shared by all who ask: copy it before changing it.

    ``snapshot`` counts the saved points of its training, where there are several; the last is the finished model.
    Raises ``CheckpointError`` if the files are missing or damaged.
    """
    with _building, torch.inference_mode(False):
        return _pretrained(name, device, snapshot)


@cache
def _pretrained(name: str, device: str, snapshot: int) -> Decoder:
    card: dict[str, Any] = load_card(name)
    state = load_whole_state(name)
    if "snapshots" in card:
        state = {key: value[snapshot] for key, value in state.items()}
    with unfilled():
        model = build(**card["architecture"])
    model.load_state_dict(state, assign=True)
    return model.to(device).requires_grad_(False).eval()
