"""Five small relatives of the vision transformer: the network of each, what it minimises and what it is measured by.

Papers: Touvron et al. 2021 (DeiT), Liu et al. 2021 (Swin), He et al. 2022 (MAE), Caron et al. 2021 (DINO), Zhai et al.
2023 (SigLIP); the files that are imported here say where.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.digits import Digits
from models.data.marked_pairs import marked_pairs
from models.data.shifted_digits import moved
from models.generative.pretrained_networks import digit_cnn
from models.seeding import generator
from models.training.digit_pictures import picked
from models.training.recipes import UNSEEN
from models.transformer.distilled_vision_transformer import DistilledVisionTransformer, hard_distillation
from models.transformer.image_text_pairs import ImageTextModel, sigmoid_losses
from models.transformer.masked_autoencoder import MaskedAutoencoder, hidden_error, visible_patches
from models.transformer.self_distillation import (
    DinoNetwork,
    follow,
    moved_centre,
    teacher_probabilities,
    used_outputs,
    view_loss,
)
from models.transformer.swin import Swin

SIZES = {"width": 32, "layers": 2, "heads": 4, "hidden": 64}
OUTPUTS, PATCHES, VISIBLE = 32, 16, 4

BUILDS: Mapping[str, Callable[[], nn.Module]] = {
    "deit": lambda: DistilledVisionTransformer(**SIZES),
    "swin": lambda: Swin((0, 1)),
    "swin shifted first": lambda: Swin((1, 0)),
    "swin shifted by a window": lambda: Swin((0, 2)),
    "mae": lambda: MaskedAutoencoder(**SIZES),
    "dino": lambda: DinoNetwork(OUTPUTS, **SIZES),
    "dino without centring": lambda: DinoNetwork(OUTPUTS, **SIZES),
    "siglip": lambda: ImageTextModel(**SIZES),
}
"""Arm → its network."""


def far_shifted(images: Tensor, draws: torch.Generator) -> Tensor:
    """Each digit moved by up to two pixels its own way: the teacher, used to one, makes mistakes."""
    return moved(images, torch.randint(-2, 3, (len(images), 2), generator=draws, device=images.device))


def view(images: Tensor, draws: torch.Generator) -> Tensor:
    """A view for self-distillation: moved by up to a pixel, with noise."""
    placed = moved(images, torch.randint(-1, 2, (len(images), 2), generator=draws, device=images.device))
    return placed + 0.3 * torch.randn(placed.shape, generator=draws, device=images.device)


def name_pairs(scores: Tensor, labels: Tensor) -> Tensor:
    """Mean over images of the summed sigmoid losses with all ten names.  ()"""
    matches = labels[:, None] == torch.arange(scores.shape[1], device=scores.device)
    return sigmoid_losses(scores, matches).sum(dim=1).mean()


class DinoTraining:
    """What DINO keeps beside the student: the teacher, which only follows, and the centre."""

    def __init__(self, student: nn.Module, build: Callable[[], nn.Module], centring: bool) -> None:
        self.student, self.centring = student, centring
        self.teacher = build()
        self.teacher.load_state_dict(student.state_dict())
        self.teacher.requires_grad_(False)
        self.centre = torch.zeros(OUTPUTS)

    def loss(self, images: Tensor, draws: torch.Generator) -> Tensor:
        follow(self.teacher, self.student)
        one, other = view(images, draws), view(images, draws)
        with torch.no_grad():
            outputs = [self.teacher(seen)[0].float() for seen in (one, other)]
        targets = [teacher_probabilities(t, self.centre) for t in outputs]
        if self.centring:
            self.centre = moved_centre(self.centre, torch.cat(outputs))
        return (view_loss(self.student(other)[0], targets[0]) + view_loss(self.student(one)[0], targets[1])) / 2


def loss_of(arm: str, model: nn.Module, learned: Digits, batch: int) -> Callable[[torch.Generator], Tensor]:
    """What the loop minimises for an arm, on a fresh batch."""
    dino = DinoTraining(model, BUILDS[arm], "without" not in arm) if arm.startswith("dino") else None

    def loss(draws: torch.Generator) -> Tensor:
        images, labels = picked(learned, batch, draws)
        if dino:
            return dino.loss(images, draws)
        if arm == "deit":
            images = far_shifted(images, draws)
            with torch.no_grad():
                teacher = digit_cnn()(images)[0].argmax(dim=1)
            _, trace = model(images)
            return hard_distillation(trace.by_class_token, trace.by_distillation_token, labels, teacher)
        if arm.startswith("swin"):
            images, alike = marked_pairs(images, draws)
            return cross_entropy(model(images)[0], alike)
        if arm == "mae":
            visible = visible_patches(batch, PATCHES, VISIBLE, draws)
            _, trace = model(images, visible)
            return hidden_error(trace.tokens, images, trace.hidden, 2)
        scores, _ = model(view(images, draws), torch.arange(10))
        return name_pairs(scores, labels)

    return loss


@torch.inference_mode()
def metric(arm: str, model: nn.Module, data: Digits) -> float:
    """The one number on the card of an arm, on held-out digits."""
    draws = generator(UNSEEN)
    if arm == "deit":
        return (model(far_shifted(data.images, draws))[0].argmax(dim=1) == data.labels).float().mean().item()
    if arm.startswith("swin"):
        images, alike = marked_pairs(data.images, draws)
        return (model(images)[0].argmax(dim=1) == alike).float().mean().item()
    if arm == "mae":
        _, trace = model(data.images, visible_patches(len(data.labels), PATCHES, VISIBLE, draws))
        return hidden_error(trace.tokens, data.images, trace.hidden, 2).item()
    if arm.startswith("dino"):
        return used_outputs((model(data.images)[0] / 0.1).softmax(dim=-1)).item()
    return (model(data.images, torch.arange(10))[0].argmax(dim=1) == data.labels).float().mean().item()
