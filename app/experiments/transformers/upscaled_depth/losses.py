"""The loss of a trained decoder grown to more layers in several layouts, of this place and published."""

from collections.abc import Callable, Mapping
from typing import Literal

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.text_model import sizes, text_model
from models.language.evaluation import held_out_loss, token_losses
from models.language.held_out import mixture_of, packed
from models.language.pretrained_decoders import pretrained
from models.transformer import pretrained_deeper_decoders as deeper_decoders
from models.transformer.decoder import Decoder
from models.transformer.depth_upscaling import (
    appended_order,
    doubled_order,
    grown,
    repeated_layers,
    reversed_order,
    stacked,
    upscaled_order,
)
from models.transformer.pretrained_deeper_decoders import DROPPED, LAYERS, TRAININGS

Layout = Literal[
    "overlapping copies", "first layers again at the end", "each middle layer twice", "added layers silent",
    "overlapping copies, reversed",
]  # fmt: skip
LAYOUTS: Mapping[Layout, Callable[[int, int], list[int]]] = {
    "overlapping copies": upscaled_order,
    "first layers again at the end": appended_order,
    "each middle layer twice": doubled_order,
    "added layers silent": upscaled_order,
    "overlapping copies, reversed": reversed_order,
}
Source = Literal["76 thousand weights", "1.06 million weights", "1.82 million weights"]
SHIPPED: Mapping[Source, str] = {"1.06 million weights": "decoder_large", "1.82 million weights": "decoder"}
ROWS, LENGTH = 32, 64
PUBLISHED_TEXT = (
    "The sun had set behind the hills when the train reached the small town. A woman with a red coat waited on the"
    " platform. She looked at her watch, then at the door of the last carriage, and began to smile."
)
"""What a published model is measured on: plain English, at most as many tokens as the host allows."""


def source_of(source: Source, training: int, device: str) -> Decoder:
    if source in SHIPPED:
        return pretrained(SHIPPED[source], device)
    return deeper_decoders.pretrained("source", training, device)


@memo
def text(source: Source, seed: int) -> Tensor:
    """Held-out text of the kinds that the source learned from, (ROWS, LENGTH)."""
    mixture = mixture_of(SHIPPED.get(source, deeper_decoders.NAME))
    return packed(mixture if isinstance(mixture, str) else dict(mixture), "evaluation", seed, ROWS, LENGTH)


def loss(model: Decoder, source: Source, seed: int) -> float:
    return held_out_loss(model, [text(source, seed)])


@memo
def losses(source: Source, seed: int, device: str) -> tuple[float, dict[Layout, float]]:
    """Of the source, and of every layout at once."""
    model, found = source_of(source, seed % TRAININGS, device), dict[Layout, float]()
    for layout, order in LAYOUTS.items():
        deeper = grown(model, order(LAYERS, DROPPED), silent=layout == "added layers silent")
        found[layout] = loss(deeper, source, seed)
    return loss(model, source, seed), found


@memo
def left_out(trained: str, removed: str, source: Source, seed: int, device: str) -> tuple[float, float]:
    """Loss of the overlapping copies, and of what remains without two of the four copies."""
    order, training = upscaled_order(LAYERS, DROPPED), seed % TRAININGS
    if trained == "continued" and source not in SHIPPED:
        model = deeper_decoders.pretrained("grown", training, device)
    else:
        model = grown(source_of(source, training, device), order)
    added = repeated_layers(order)
    off = added if removed == "the added copies" else [order.index(order[layer]) for layer in added]
    rest = grown(model, [layer for layer in range(len(order)) if layer not in off])
    return loss(model, source, seed), loss(rest, source, seed)


@memo
@torch.inference_mode()
def published_losses(name: str, device: str) -> tuple[float, dict[Layout, float]]:
    """Of a published source and of every layout at once, on PUBLISHED_TEXT. Layers are shared, not copied."""
    reader, n = text_model(name, device), sizes(name).layers
    ids = reader.read(PUBLISHED_TEXT, LENGTH, "text").ids  # (1, T)

    def loss_of(model: Decoder) -> float:
        return token_losses(model(ids)[0], ids).mean().item()

    found = dict[Layout, float]()
    for layout, order in LAYOUTS.items():
        found[layout] = loss_of(stacked(reader.decoder, order(n, dropped(n)), silent=layout == "added layers silent"))
    return loss_of(reader.decoder), found


def dropped(n: int) -> int:
    """m = n/4, as for SOLAR: 8 of 32."""
    return round(n / 4)
