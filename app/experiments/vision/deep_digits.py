"""What the pages on deep networks share: a classifier of digits that trains while the reader watches."""

import copy
from typing import TypeVar

import torch
from pydantic import Field
from torch import Tensor, nn

from app.experiments.base import MORE, Controls
from models.convolution.digit_training import DigitTraining
from models.convolution.residual_network import ResidualNetwork
from models.data.digits import Digits, digits

M = TypeVar("M", bound=nn.Module)

BATCH, WATCHED, SNAPSHOTS = 32, 300, 3
SMOOTH = 10  # steps in one point of a loss curve


class TrainingControls(Controls):
    """What every such training may be set to."""

    steps: int = Field(
        150, ge=50, le=300, multiple_of=50, title="Training steps", description=f"{BATCH} digits in each",
        json_schema_extra=MORE,
    )  # fmt: skip
    learning_rate: float = Field(
        0.002, ge=0.0005, le=0.008, multiple_of=0.0005, title="Learning rate", description="Of Adam",
        json_schema_extra=MORE,
    )  # fmt: skip


def on(device: str) -> tuple[Digits, Digits]:
    """The digits to learn from and those held out."""
    learned, held_out = (Digits(*(part.to(device) for part in half)) for half in digits())
    return learned, held_out


class WatchedTraining(DigitTraining[M]):
    """One network that learns digits at a constant rate; the batches follow from the seed."""

    def __init__(self, network: M, controls: TrainingControls, device: str, batch: int = BATCH) -> None:
        for weight in network.parameters():
            if weight.ndim == 4:  # a quarter faster at these sizes
                weight.data = weight.data.contiguous(memory_format=torch.channels_last)
        super().__init__(
            network, on(device)[0], controls.seed, steps=controls.steps, batch=batch,
            learning_rate=controls.learning_rate, last=1.0,
        )  # fmt: skip

    def smoothed(self) -> Tensor:
        """The mean loss of every SMOOTH steps, (S',) nats; before that of what there is."""
        losses = torch.stack(self.losses)
        whole = len(losses) // SMOOTH * SMOOTH
        return losses[:whole].view(-1, SMOOTH).mean(dim=1) if whole else losses.mean(dim=0, keepdim=True)


def smoothed_steps(points: int) -> Tensor:
    """The step at the end of each point of a smoothed loss curve: (points,)."""
    return SMOOTH * torch.arange(1, points + 1)


@torch.inference_mode()
def accuracy(network: nn.Module, data: Digits) -> float:
    """The share of digits that get the largest logit; 0.1 by chance."""
    return (network(data.images)[0].argmax(dim=1) == data.labels).float().mean().item()


def without_block(network: ResidualNetwork, left_out: int) -> ResidualNetwork:
    """The same network, its weights shared, without one of its blocks."""
    rest = copy.copy(network)
    rest._modules = {**network._modules}
    rest.blocks = nn.ModuleList(block for number, block in enumerate(network.blocks) if number != left_out)
    return rest
