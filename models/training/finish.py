"""How every recipe ends: weights are rounded, the card is filled in, both are written, the numbers printed."""

import argparse
from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from models.checkpoints import command, save
from models.training.loop import Plan

M = TypeVar("M", bound=nn.Module)


def finish(
    name: str,
    model: nn.Module,
    plan: Plan,
    options: argparse.Namespace,
    metrics: Mapping[str, float],
    *,
    state: Mapping[str, Tensor] | None = None,
    **more: Any,
) -> None:
    """Write the checkpoint; ``more`` (data, seconds, tokens, …) goes on the card as it is.

    ``state``: what to save where that is less than the whole model.
    """
    card = {
        "command": command(name),
        "seed": plan.seed,
        "device": torch.cuda.get_device_name() if options.device.startswith("cuda") else "cpu, one thread",
        "steps": plan.steps,
        **more,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "metrics": {key: round(value, 4) for key, value in metrics.items()},
    }
    save(name, model.state_dict() if state is None else state, card, options.out)
    print(card["metrics"], flush=True)


def stacked(snapshots: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """One tensor a weight, its first axis the point of the training."""
    return {name: torch.stack([snapshot[name] for snapshot in snapshots]) for name in snapshots[0]}


def rounded(model: M) -> M:
    """The model as it will be read back: weights in half precision, so that the card measures what is shipped."""
    for weight in model.state_dict().values():
        weight.copy_(weight.half())
    return model
