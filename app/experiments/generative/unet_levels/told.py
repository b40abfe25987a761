"""What a wrong time and another class change: the error, and what each part of the U-Net holds."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.generative.unet_levels.exchanged import (
    TIMES,
    Part,
    networks,
    noised_digits,
    noisy,
    parts_of,
)
from app.experiments.memo import memo
from models.generative.denoiser import trained_alpha_bar
from models.generative.digit_unet import DigitUNetTrace

TOLD = (50, 200, 500, 800, 950)


def parts_held(trace: DigitUNetTrace) -> Sequence[Tensor]:
    """The skips from the top down, and the middle.  (B, c, n, n) each"""
    return [*trace.down, trace.middle]


def change(held: Tensor, before: Tensor) -> Tensor:
    """‖h − h₀‖ / ‖h₀‖ over a batch.  → ()"""
    return (held - before).norm() / before.norm()


@memo
@torch.inference_mode()
def wrong_times(network: str, seed: int, device: str) -> tuple[Tensor, dict[int, dict[Part, Tensor]]]:
    """What a wrongly told time adds to the squared error, (W, W), and how far it moves what each part holds."""
    given, alpha_bar = noised_digits("another digit’s", seed), trained_alpha_bar().float()
    model = networks(network, device)[0]
    labels = given.labels.to(device)
    added, moved = torch.zeros(len(TOLD), len(TOLD)), dict[int, dict[Part, Tensor]]()
    for row, t in enumerate(TOLD):
        x, _, v = noisy(given, alpha_bar[t].item(), device)
        held, errors = [], []
        for told in TOLD:
            answer, trace = model(x, torch.full((len(x),), float(told), device=device), labels)
            held.append(parts_held(trace))
            errors.append((answer - v).square().mean())
        added[row] = torch.stack(errors).cpu() - errors[row].cpu()
        moved[t] = {
            part: torch.stack([change(one[at], held[row][at]) for one in held]).cpu()
            for at, part in enumerate(parts_of(model))
        }
    return added, moved


class Classes(NamedTuple):
    """What telling another digit's class changes, at each of TIMES; means over the networks."""

    added: Tensor  # (S,) to the squared error
    changes: dict[Part, Tensor]  # part → (S,) of what it holds, relative to its size


@memo
@torch.inference_mode()
def another_class(network: str, seed: int, device: str) -> Classes:
    given, alpha_bar, models = (
        noised_digits("another digit’s", seed),
        trained_alpha_bar().float(),
        networks(network, device),
    )
    label, other = (labels.to(device) for labels in (given.labels, given.labels[given.partner]))
    parts = parts_of(models[0])
    added, moved = torch.zeros(len(models), len(TIMES)), torch.zeros(len(models), len(TIMES), len(parts))
    for at, t in enumerate(TIMES):
        x, _, v = noisy(given, alpha_bar[t].item(), device)
        time = torch.full((len(x),), float(t), device=device)
        for n, model in enumerate(models):
            (right, before), (wrong, after) = model(x, time, label), model(x, time, other)
            added[n, at] = ((wrong - v).square().mean() - (right - v).square().mean()).cpu()
            pairs = zip(parts_held(after), parts_held(before), strict=True)
            moved[n, at] = torch.stack([change(one, another) for one, another in pairs]).cpu()
    return Classes(added.mean(dim=0), dict(zip(parts, moved.mean(dim=0).unbind(-1), strict=True)))
