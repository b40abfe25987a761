"""A decoder of four layers grown to six: the loss of several layouts at once, and after continued training."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements
from app.experiments.text_model import ModelControls, sizes, text_model
from app.experiments.transformers.upscaled_depth.losses import (
    LAYOUTS,
    SHIPPED,
    Layout,
    Source,
    dropped,
    left_out,
    losses,
    published_losses,
    source_of,
)
from models.parameter_count import parameter_count
from models.transformer.depth_upscaling import grown, upscaled_order
from models.transformer.pretrained_deeper_decoders import DROPPED, LAYERS, TRAININGS, curves, from_scratch


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
