"""A network of bottleneck blocks learns digits; into how many directions do its blocks write, alone and together?"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements
from app.experiments.live_training import Progress, training
from app.experiments.vision.deep_digits import SNAPSHOTS, TrainingControls, WatchedTraining, accuracy, on
from models.convolution.bottleneck import (
    BottleneckBlock,
    basic_weights,
    bottleneck_weights,
    channel_projection,
    channel_rows,
    effective_rank,
)
from models.convolution.residual_network import ResidualNetwork, scale_branches
from models.layers.he_start import he_started
from models.parameter_count import parameter_count
from models.seeding import normal

WIDE, BASIC = 256, 64
"""Channels of the block that the paper compares, and of the basic block beside it."""

MANY = "As many directions as channels inside"
Directions = Literal["its own directions", "the same directions"]


class BottleneckControls(TrainingControls):
    channels: Literal[16, 32, 64] = Field(32, title="Channels C")
    narrow: Literal[2, 4, 8] = Field(4, title="Outer channels per inner", description="4: a quarter of them inside")
    blocks: Literal[2, 4, 8] = Field(8, title="Blocks")
    adds: Directions = Field("its own directions", title="Each block adds in", description=MANY)
    reads: Directions = Field("its own directions", title="Each block reads from", description=MANY)


class BottleneckResult(NamedTuple):
    controls: BottleneckControls
    progress: Progress[float]  # held-out accuracy
    losses: Tensor  # (S',) nats, mean of ten steps each
    alone: Tensor  # (blocks,) effective rank of what each block adds
    together: Tensor  # (blocks,) of the sum of the first 1, 2, … blocks
    training_accuracy: float
    weights: dict[str, tuple[int, int]]  # kind of block → its weights at WIDE channels and at BASIC channels
    parameters: int


def network(controls: BottleneckControls, device: str) -> ResidualNetwork:
    """Where blocks share directions, what they read or add is projected onto the same few."""
    C = controls.channels
    shared = channel_projection(normal(C, C, seed=controls.seed), C // controls.narrow).to(device)
    reads = shared if controls.reads == "the same directions" else None
    adds = shared if controls.adds == "the same directions" else None
    blocks = lambda: [BottleneckBlock(C, controls.narrow) for _ in range(controls.blocks)]
    model = he_started(lambda: ResidualNetwork(blocks(), C), controls.seed, device)
    for block in model.blocks:
        block.reads, block.adds = (torch.eye(C, device=device) if Q is None else Q for Q in (reads, adds))
    scale_branches(list(model.blocks))
    return model


@torch.inference_mode()
def ranks(model: ResidualNetwork, x: Tensor) -> tuple[Tensor, Tensor]:
    """Effective rank of what each block adds to x (B, 1, N, N), and of the sum of the first blocks: (blocks,) each."""
    branches = torch.stack(model(x)[1].branches)  # (blocks, B, C, n, n)
    alone = [effective_rank(channel_rows(f)) for f in branches]
    together = [effective_rank(channel_rows(f)) for f in branches.cumsum(dim=0)]
    return torch.stack(alone), torch.stack(together)


def run(controls: BottleneckControls, device: str) -> Iterator[BottleneckResult]:
    learner = WatchedTraining(network(controls, device), controls, device)
    learned, held_out = on(device)
    weights = {
        "bottleneck": (bottleneck_weights(WIDE, controls.narrow), bottleneck_weights(BASIC, controls.narrow)),
        "basic": (basic_weights(WIDE), basic_weights(BASIC)),
    }
    for progress in training(learner.step, lambda: accuracy(learner.model, held_out), controls.steps, SNAPSHOTS):
        yield BottleneckResult(
            controls,
            progress,
            learner.smoothed(),
            *ranks(learner.model, held_out.images),
            accuracy(learner.model, learned) if progress.done else 0.0,
            weights,
            parameter_count(learner.model),
        )


def measure(result: BottleneckResult) -> Measurements:
    width = result.controls.channels // result.controls.narrow
    wide, narrow = result.weights["bottleneck"][0], result.weights["basic"][1]
    found = {
        "effective_rank_of_the_sum": result.together[-1].item(),
        "largest_effective_rank_of_a_block": result.alone.max().item(),
        "rank_of_the_sum_over_width": result.together[-1].item() / width,
        "rank_of_a_block_over_width": result.alone.max().item() / width,
        "width_inside": width,
        "channels": result.controls.channels,
        "held_out_accuracy": result.progress.newest,
        "bottleneck_weights_at_256": wide,
        "basic_weights_at_64": narrow,
        "basic_weights_at_256": result.weights["basic"][0],
        "steps": result.progress.step,
    }
    return found | ({"training_accuracy": result.training_accuracy} if result.progress.done else {})
