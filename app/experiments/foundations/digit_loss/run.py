"""Two digit networks trained live with a loss, on clean and on partly random labels, and two typed distributions."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.foundations.distributions import Weights, pair
from app.experiments.live_training import Progress, training
from models.probability import information
from models.probability.class_losses import (
    cross_entropy,
    log_softmax_twice,
    logit_gradient,
    missing_probability,
    softmax_twice,
    softmax_twice_floor,
    squared_probabilities,
)
from models.probability.label_training import CLASSES, LabelTraining, Loss, Snapshot, label_entropy
from models.seeding import normal

LossName = Literal[
    "cross-entropy", "softmax, then cross-entropy", "log-softmax, then cross-entropy", "1 − p", "squared error of p"
]
LOSSES: Mapping[LossName, Loss] = {
    "cross-entropy": cross_entropy,
    "softmax, then cross-entropy": softmax_twice,
    "log-softmax, then cross-entropy": log_softmax_twice,
    "1 − p": missing_probability,
    "squared error of p": squared_probabilities,
}
SNAPSHOTS = 25


class DigitLossControls(Controls):
    loss: LossName = Field("cross-entropy", title="Loss", description="p: probability of the right class")
    random_labels: float = Field(
        0.3, ge=0, le=0.9, multiple_of=0.1, title="Random labels", description="Share, in the second network’s training"
    )
    p: Weights = Field("5, 3, 2", title="p", description="What happens: weights of A, B, C, …")
    q: Weights = Field("1, 2, 5", title="q", description="What is predicted: weights of A, B, C, …")
    steps: int = Field(300, ge=25, le=600, multiple_of=25, title="Steps of training", json_schema_extra=MORE)


class DigitLossResult(NamedTuple):
    controls: DigitLossControls
    progress: Progress[Snapshot]
    noisy_loss: float  # held-out cross-entropy of the second network against equally random labels, nats
    p: Tensor  # (K,)
    q: Tensor  # (K,)
    gradient_error: float
    parameters: int
    notices: list[str]


def run(controls: DigitLossControls, device: str) -> Iterator[DigitLossResult]:
    c = controls
    p, q, notices = pair(c.p, c.q)
    trained = LabelTraining(LOSSES[c.loss], c.random_labels, c.seed, steps=c.steps)
    parameters = sum(weight[0].numel() for weight in trained.parameters)
    error = gradient_error(c.seed)
    for progress in training(trained.step, trained.evaluate, c.steps, SNAPSHOTS):
        noisy = trained.held_out_noisy_loss(progress.newest)
        yield DigitLossResult(c, progress, noisy, p, q, error, parameters, notices)


@torch.enable_grad()
def gradient_error(seed: int) -> float:
    """The largest difference of softmax − one-hot and autograd, on five random examples."""
    z = normal(5, CLASSES, seed=seed).double().requires_grad_()
    classes = torch.arange(5)
    (by_autograd,) = torch.autograd.grad(cross_entropy(z, classes), z)
    return (logit_gradient(z.detach(), classes) - by_autograd).abs().max().item()


def measure(result: DigitLossResult) -> Measurements:
    newest = result.progress.newest
    entropy, divergence = information.entropy(result.p).item(), information.kl_divergence(result.p, result.q).item()
    return {
        "training_loss": newest.training_loss[0].item(),
        "held_out_accuracy_share": newest.held_out_accuracy[0].item(),
        "noisy_training_loss": newest.training_loss[1].item(),
        "noisy_held_out_accuracy_share": newest.held_out_accuracy[1].item(),
        "noisy_confidence": newest.confidence[1].item(),
        "noisy_agreement_share": newest.agreement[1].item(),
        "confidence_gap": (newest.confidence[1] - newest.agreement[1]).abs().item(),
        "noisy_held_out_loss_nats": result.noisy_loss,
        "label_entropy_nats": label_entropy(result.controls.random_labels),
        "softmax_twice_floor_nats": softmax_twice_floor(CLASSES),
        "entropy_nats": entropy,
        "kl_nats": divergence,
        "cross_entropy_nats": information.cross_entropy(result.p, result.q).item(),
        "gradient_error": result.gradient_error,
    }
