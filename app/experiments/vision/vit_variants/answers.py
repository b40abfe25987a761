"""What the five networks answer for one digit."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.vision.vit_variants.arms import SHIFTS, SIDE, training_of
from models.data.digits import digits
from models.data.marked_pairs import marked
from models.data.shifted_digits import moved
from models.generative.pretrained_networks import digit_cnn
from models.layers.softmax import total_variation
from models.seeding import generator
from models.training.vit_arms import BUILDS, PATCHES, VISIBLE, view
from models.training.vit_variants import pretrained
from models.transformer.image_text_pairs import WORDS
from models.transformer.masked_autoencoder import visible_patches
from models.transformer.self_distillation import STUDENT_TEMPERATURE
from models.transformer.vision_transformer import patches, unpatched

GRID = 4
"""Patches along one side."""


class Answers(NamedTuple):
    """One digit, five networks."""

    shifted: Tensor  # (N, N) what DeiT and its teacher read
    teacher: int
    by_class: int
    by_distillation: int
    marked: Tensor  # (N, N) what Swin reads
    alike: bool
    said_alike: float  # probability
    hidden: Tensor  # (N, N) what MAE reads, masked patches at the middle grey
    rebuilt: Tensor  # (N, N)
    views: tuple[Tensor, Tensor]  # (N, N) of DINO
    view_agreement: float  # 1 − total variation distance of their outputs
    other_agreement: float  # of the first view's output with those of other digits, mean
    words: Tensor  # (10,) SigLIP's probability that each name belongs to it


@torch.inference_mode()
def answers(image: Tensor, shift: str, visible: str, seed: int, device: str) -> Answers:
    """For the picture (1, 1, N, N), Swin with that shift and MAE with those patches visible."""
    training, draws = training_of(seed), generator(seed)
    network = {arm: pretrained(arm, training, device) for arm in BUILDS}
    far = moved(image, torch.tensor([[2, -1], [-2, 1], [1, 2]])[seed % 3][None])
    _, deit = network["deit"](far)
    row, ink = torch.randint(GRID, (1,), generator=draws), torch.randint(2, (2, 1), generator=draws).bool()
    pair = marked(image, row.to(device), *ink.to(device))
    said = network[SHIFTS[shift]](pair)[0].softmax(dim=1)[0, 1].item()
    choices = [visible_patches(1, PATCHES, VISIBLE, draws) for _ in range(2)]
    chosen = choices[visible == "its own, chosen anew"].to(device)
    others = digits()[1].images.to(device)
    shown = others[seed % len(others)][None] if visible == "another digit’s" else image
    _, trace = network["mae"](shown, chosen)
    tokens = patches(shown, SIDE).clone()
    hidden = torch.where(trace.hidden[..., None], -0.4, tokens)
    full = torch.where(trace.hidden[..., None], trace.tokens, tokens)
    views = [view(image, draws) for _ in range(2)]
    outputs = (network["dino"](torch.cat([*views, others[:100]]))[0] / STUDENT_TEMPERATURE).softmax(dim=-1)
    agreement = 1 - total_variation(outputs[:1], outputs)
    words = network["siglip"](image, torch.arange(len(WORDS), device=device))[0][0].sigmoid()
    return Answers(
        far[0, 0],
        int(digit_cnn(device)(far)[0].argmax()),
        int(deit.by_class_token.argmax()),
        int(deit.by_distillation_token.argmax()),
        pair[0, 0],
        bool(ink[0] == ink[1]),
        said,
        unpatched(hidden, SIDE, 8)[0, 0],
        unpatched(full, SIDE, 8)[0, 0],
        (views[0][0, 0], views[1][0, 0]),
        agreement[1].item(),
        agreement[2:].mean().item(),
        words,
    )
