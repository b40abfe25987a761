"""How every recipe ends: the card is filled in, weights and card are written, the numbers printed."""

import argparse
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from models.checkpoints import command, save
from models.training.loop import Plan


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
