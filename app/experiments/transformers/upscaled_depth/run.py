"""A decoder of four layers grown to six: the loss of several layouts at once, and after continued training."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements
from app.experiments.memo import memo
from app.experiments.text_model import ModelControls, sizes, text_model
from models.language.evaluation import held_out_loss, token_losses
from models.language.held_out import mixture_of, packed
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
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
from models.transformer.pretrained_deeper_decoders import DROPPED, LAYERS, TRAININGS, curves, from_scratch

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


class UpscalingControls(ModelControls):
    layout: Layout = Field("overlapping copies", title="Layout", description="Which layers are copied, and where")
    source: Source = Field("76 thousand weights", title="Trained source", description="Four layers in each")
    trained: Literal["at once", "continued"] = Field(
        "at once", title="Grown model", description="Continued: after 120 more steps; the small source only"
    )
    removed: Literal["the added copies", "the first copies"] = Field(
        "the added copies", title="Left out to see what they do"
    )


class SmallResult(NamedTuple):
    """What was measured of the models of this place alone."""

    grown: float  # of overlapping copies, at once or continued
    without: float  # the same with two layers left out
    curves: Mapping[str, Tensor]  # way → loss after POINTS steps of continued training
    scratch: float  # of six layers from scratch


class UpscalingResult(NamedTuple):
    controls: UpscalingControls
    orders: Mapping[Layout, list[int]]
    source: float  # loss of the source, nats per token
    at_once: Mapping[Layout, float]  # of each layout
    small: SmallResult | None  # None for a published model, which is not trained on
    size: int  # weights of the source
    parameters: int


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


def run_published(c: UpscalingControls, device: str) -> UpscalingResult:
    n, model = sizes(c.model).layers, text_model(c.model, device).decoder
    source, at_once = published_losses(c.model, device)
    orders = {layout: order(n, dropped(n)) for layout, order in LAYOUTS.items()}
    size, block = parameter_count(model), parameter_count(model.blocks[0])
    return UpscalingResult(c, orders, source, at_once, None, size, size + block * (len(orders[c.layout]) - n))


def run(controls: UpscalingControls, device: str) -> UpscalingResult:
    c = controls
    if c.published:
        return run_published(c, device)
    training = c.seed % TRAININGS
    source, at_once = losses(c.source, c.seed, device)
    whole, rest = left_out(c.trained, c.removed, c.source, c.seed, device)
    model = source_of(c.source, training, device)
    return UpscalingResult(
        c, {layout: order(LAYERS, DROPPED) for layout, order in LAYOUTS.items()}, source, at_once,
        SmallResult(whole, rest, curves(training), from_scratch(training)), parameter_count(model),
        parameter_count(grown(model, upscaled_order(LAYERS, DROPPED))),
    )  # fmt: skip


def measure(result: UpscalingResult) -> Measurements:
    rises = {layout: one - result.source for layout, one in result.at_once.items()}
    candidates = list(LAYOUTS)[:3]
    if result.small is None:
        return {
            "published_source_loss_nats": result.source,
            "published_rise_nats": rises[result.controls.layout],
            "published_lowest_layout": candidates.index(min(candidates, key=lambda layout: rises[layout])),
            "added_parameters_share": result.parameters / result.size - 1,
        }
    small = result.small
    ends = {way: line[-1].item() for way, line in small.curves.items()}
    return {
        "source_loss_nats": result.source,
        "rise_nats": rises[result.controls.layout],
        "overlapping_over_appended_nats": rises["overlapping copies"] - rises["first layers again at the end"],
        "lowest_layout": candidates.index(min(candidates, key=lambda layout: rises[layout])),
        "left_out_rise_nats": small.without - small.grown,
        "continued_loss_nats": ends["overlapping copies"],
        "continued_source_loss_nats": ends["not grown"],
        "above_source_nats": ends["overlapping copies"] - ends["not grown"],
        "scratch_loss_nats": small.scratch,
        "has_continued": float(result.controls.source not in SHIPPED),
        "added_parameters_share": result.parameters / result.size - 1,
    }
