"""A pre-activation network learns digits: how large its gradient is at every block, at the start and after training."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import Measurements
from app.experiments.live_training import Progress, training
from app.experiments.vision.deep_digits import SNAPSHOTS, TrainingControls, WatchedTraining, accuracy, on
from models.convolution.preactivation import (
    InPlaceBlock,
    PostactivationBlock,
    PreactivationBlock,
    PreactivationNetwork,
    unrolled_sum,
)
from models.convolution.residual_network import scale_branches
from models.data.digits import Digits
from models.layers.he_start import he_started
from models.parameter_count import parameter_count

CHANNELS, PROBED = 8, 128

Placement = Literal["before the convolutions", "after the addition", "in place, on the skip too"]
BLOCKS: dict[Placement, Callable[[int, float, float], PreactivationBlock]] = {
    "before the convolutions": PreactivationBlock,
    "after the addition": PostactivationBlock,
    "in place, on the skip too": InPlaceBlock,
}


class PreactivationControls(TrainingControls):
    placement: Placement = Field("before the convolutions", title="ReLU stands")
    skip_scale: float = Field(
        1.0, ge=0, le=1, multiple_of=0.1, title="Skip multiplied by", description="1: the input is passed on as it is"
    )
    branch_scale: float = Field(1.0, ge=0, le=1, multiple_of=0.1, title="Branch multiplied by")
    blocks: Literal[4, 8, 16] = Field(16, title="Blocks", description="Two convolutions in each")


class Snapshot(NamedTuple):
    """A network at one point of its training, measured on held-out digits."""

    gradients: Tensor  # (L + 1,) mean length of the loss's gradient at what every block reads, and at the end
    sizes: Tensor  # (L + 1,) mean length of the same
    sums: Tensor  # (L + 1,) of x_0 + Σ F, the branches before it added up
    sum_error: float  # largest |x_L − (x_0 + Σ F)| over the largest |x_L|
    falling: float  # share of the coordinates that a block makes smaller


class PreactivationResult(NamedTuple):
    controls: PreactivationControls
    progress: Progress[Snapshot]
    losses: Tensor  # (S',) nats, mean of ten steps each
    training_accuracy: float
    held_out_accuracy: float
    parameters: int


def network(controls: PreactivationControls, device: str) -> PreactivationNetwork:
    c = controls
    build = BLOCKS[c.placement]
    model = he_started(
        lambda: PreactivationNetwork(
            [build(CHANNELS, c.skip_scale, c.branch_scale) for _ in range(c.blocks)], CHANNELS
        ),
        c.seed,
        device,
    )
    scale_branches(list(model.blocks))
    return model


def mean_length(x: Tensor) -> Tensor:
    """‖x‖ of every image, averaged: (B, C, n, n) → a number."""
    return x.flatten(1).norm(dim=1).mean()


def probe(model: PreactivationNetwork, data: Digits) -> Snapshot:
    """Sizes and gradients at every block for these digits."""
    logits, trace = model(data.images)
    loss = cross_entropy(logits, data.labels, reduction="sum")
    gradients = torch.autograd.grad(loss, trace.states)
    with torch.no_grad():
        states, L = trace.states, len(trace.branches)
        sums = [states[0], *(unrolled_sum(states[0], trace.branches[:count]) for count in range(1, L + 1))]
        pairs = pairwise(states)
        return Snapshot(
            torch.stack([mean_length(g) for g in gradients]),
            torch.stack([mean_length(x) for x in states]),
            torch.stack([mean_length(x) for x in sums]),
            ((states[-1] - sums[-1]).abs().max() / states[-1].abs().max()).item(),
            torch.stack([(after < before).float().mean() for before, after in pairs]).mean().item(),
        )


def run(controls: PreactivationControls, device: str) -> Iterator[PreactivationResult]:
    learner = WatchedTraining(network(controls, device), controls, device)
    learned, held_out = on(device)
    probed = Digits(*(part[:PROBED] for part in held_out))
    for progress in training(learner.step, lambda: probe(learner.model, probed), controls.steps, SNAPSHOTS):
        yield PreactivationResult(
            controls,
            progress,
            learner.smoothed(),
            accuracy(learner.model, learned) if progress.done else 0.0,
            accuracy(learner.model, held_out) if progress.done else 0.0,
            parameter_count(learner.model),
        )


def measure(result: PreactivationResult) -> Measurements:
    start, now = result.progress.snapshots[0], result.progress.newest
    found = {
        "gradient_ratio_at_start": (start.gradients[0] / start.gradients[-1]).item(),
        "gradient_ratio_now": (now.gradients[0] / now.gradients[-1]).item(),
        "sum_error": now.sum_error,
        "falling_share": now.falling,
        "loss_nats": result.losses[-1].item(),
        "blocks": result.controls.blocks,
        "steps": result.progress.step,
    }
    if not result.progress.done:
        return found
    return found | {"training_accuracy": result.training_accuracy, "held_out_accuracy": result.held_out_accuracy}
