"""A residual network and a plain one of the same layers learn digits side by side; then one block is left out."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.vision.deep_digits import (
    SNAPSHOTS,
    WATCHED,
    TrainingControls,
    WatchedTraining,
    accuracy,
    on,
    without_block,
)
from models.convolution.residual_network import (
    BasicBlock,
    PlainBlock,
    ResidualNetwork,
    Shortcut,
    identity,
    scale_branches,
)
from models.data.digits import Digits
from models.layers.he_start import he_started
from models.parameter_count import parameter_count
from models.seeding import generator

CHANNELS = 8

Carries = Literal[
    "the input", "the input, channels exchanged", "the input of another image", "the input, without its gradient"
]


def exchanged(x: Tensor) -> Tensor:
    """The channels of x (B, C, n, n) in another order, the same for all images and blocks."""
    return x[:, torch.randperm(x.shape[1], generator=generator(0)).to(x.device)]


def of_another(x: Tensor) -> Tensor:
    """x (B, C, n, n) of the image before in the batch."""
    return x.roll(1, 0)


SHORTCUTS: dict[Carries, Shortcut] = {
    "the input": identity,
    "the input, channels exchanged": exchanged,
    "the input of another image": of_another,
    "the input, without its gradient": Tensor.detach,
}


class ResidualDepthControls(TrainingControls):
    depth: Literal[8, 16, 32] = Field(32, title="Depth", description="Convolutions in the blocks, two in each")
    skip: Carries = Field("the input", title="Skip connection carries")
    start: Literal["scaled", "unscaled"] = Field(
        "scaled", title="Branches start", description="Scaled: the last convolution of a block divided by √blocks"
    )
    batch: Literal[8, 16, 32] = Field(32, title="Digits per step", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """Accuracy on some of the training digits."""

    residual: float
    plain: float


class ResidualDepthResult(NamedTuple):
    controls: ResidualDepthControls
    progress: Progress[Snapshot]
    residual_losses: Tensor  # (S',) nats, mean of ten steps each
    plain_losses: Tensor  # (S',)
    training_accuracy: Snapshot  # on all training digits once training is over, before that as in the snapshot
    held_out_accuracy: Snapshot
    residual_without: Tensor  # (blocks,) held-out accuracy without each block; empty while training
    plain_without: Tensor  # (blocks,)
    parameters: int  # of one network


def networks(controls: ResidualDepthControls, device: str) -> tuple[ResidualNetwork, ResidualNetwork]:
    """The residual network and the plain one: the same weights at the start, but for the scale of the branches."""
    count, shortcut = controls.depth // 2, SHORTCUTS[controls.skip]
    residual = he_started(
        lambda: ResidualNetwork([BasicBlock(CHANNELS, shortcut) for _ in range(count)], CHANNELS), controls.seed, device
    )
    plain = he_started(
        lambda: ResidualNetwork([PlainBlock(CHANNELS) for _ in range(count)], CHANNELS), controls.seed, device
    )
    if controls.start == "scaled":
        scale_branches(list(residual.blocks))
    return residual, plain


def run(controls: ResidualDepthControls, device: str) -> Iterator[ResidualDepthResult]:
    residual, plain = (WatchedTraining(one, controls, device, controls.batch) for one in networks(controls, device))
    learned, held_out = on(device)
    watched = Digits(*(part[:WATCHED] for part in learned))

    def step() -> None:
        residual.step()
        plain.step()

    def both(data: Digits) -> Snapshot:
        return Snapshot(accuracy(residual.model, data), accuracy(plain.model, data))

    for progress in training(step, lambda: both(watched), controls.steps, SNAPSHOTS):
        blocks = range(controls.depth // 2) if progress.done else ()
        yield ResidualDepthResult(
            controls,
            progress,
            residual.smoothed(),
            plain.smoothed(),
            both(learned) if progress.done else progress.newest,
            both(held_out) if progress.done else progress.newest,
            torch.tensor([accuracy(without_block(residual.model, block), held_out) for block in blocks]),
            torch.tensor([accuracy(without_block(plain.model, block), held_out) for block in blocks]),
            parameter_count(plain.model),
        )


def measure(result: ResidualDepthResult) -> Measurements:
    learned, held_out = result.training_accuracy, result.held_out_accuracy
    found = {
        "residual_training_accuracy": learned.residual,
        "plain_training_accuracy": learned.plain,
        "residual_lead": learned.residual - learned.plain,
        "residual_loss_nats": result.residual_losses[-1].item(),
        "plain_loss_nats": result.plain_losses[-1].item(),
        "depth": result.controls.depth,
        "steps": result.progress.step,
    }
    if not result.progress.done:
        return found
    return found | {
        "residual_held_out_accuracy": held_out.residual,
        "plain_held_out_accuracy": held_out.plain,
        "residual_accuracy_without_a_block": result.residual_without.mean().item(),
        "plain_accuracy_without_a_block": result.plain_without.mean().item(),
        "cost_of_a_block": held_out.residual - result.residual_without.mean().item(),
        "largest_cost_of_a_block": held_out.residual - result.residual_without.min().item(),
    }
