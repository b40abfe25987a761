"""The trained denoisers, whole or with some vectors of their blocks held at 0, and their held-out loss."""

import copy
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.denoiser import T, denoising_loss, trained_alpha_bar
from models.generative.diffusion_transformer import DiffusionTransformer
from models.seeding import generator
from models.training.small_denoisers import TRAININGS, pretrained

SIZE = 8
JUDGED = 200

Closed = Literal["nothing", "attention gates", "scales"]
HELD: dict[Closed, tuple[str, ...]] = {
    "nothing": (),
    "attention gates": ("gate",),
    "scales": ("scale", "feed-forward scale"),
}


@memo
def altered(side: int, closed: Closed, training: int, device: str) -> DiffusionTransformer:
    """A trained transformer with some vectors of its blocks held at 0."""
    model = pretrained(f"patch {side}", training, device)
    assert isinstance(model, DiffusionTransformer)
    if not HELD[closed]:
        return model
    model = copy.deepcopy(model)
    for block in model.blocks:
        for vector in HELD[closed]:
            block.hold(vector, 0.0)  # type: ignore[operator]
    return model


class Question(NamedTuple):
    images: Tensor  # (B, 1, 8, 8)
    labels: Tensor  # (B,)
    t: Tensor  # (B,)
    noise: Tensor  # (B, 1, 8, 8)


@memo
def questions(seed: int) -> Question:
    """Held-out digits under noise of all levels, evenly spread."""
    held_out, draws = digits()[1], generator(seed)
    rows = torch.randperm(len(held_out.labels), generator=draws)[:JUDGED]
    noise = torch.randn(JUDGED, 1, SIZE, SIZE, generator=draws)
    t = torch.linspace(1, T, JUDGED).round().long()
    return Question(held_out.images[rows], held_out.labels[rows], t, noise)


@memo
@torch.inference_mode()
def losses(network: str, closed: Closed, seed: int, device: str) -> Tensor:
    """Held-out loss of each of the trainings.  (N,)"""
    images, labels, t, noise = (part.to(device) for part in questions(seed))
    found = []
    for training in range(TRAININGS):
        side = int(network[-1]) if network.startswith("patch") else 0
        model = altered(side, closed, training, device) if side else pretrained(network, training, device)
        alpha_bar = trained_alpha_bar().float().to(device)
        found.append(denoising_loss(model, images, labels, t, noise, alpha_bar).mean().cpu())
    return torch.stack(found)
