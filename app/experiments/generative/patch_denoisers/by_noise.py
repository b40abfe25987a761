"""What the trained transformers do at each noise level: their predictions, their gates, and where they attend."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.generative.patch_denoisers.altered import SIZE, Closed, altered, questions
from app.experiments.memo import memo
from models.generative.denoiser import noise_predictor, trained_alpha_bar
from models.generative.diffusion import predicted_x0, q_sample
from models.generative.diffusion_transformer import DiTTrace
from models.interpretability.patch_attention import attended_distance, attended_patches
from models.training.denoiser_arms import SIZES
from models.training.small_denoisers import TRAININGS

SIDES = (1, 2, 4)
SHOWN_SIDES = (4, 2, 1)
SHOWN_TIMES = (1000, 750, 500, 250, 1)
TIMES = (1, 125, 250, 375, 500, 625, 750, 875, 1000)
GATES = ("attention, block 1", "feed-forward, block 1", "attention, block 2", "feed-forward, block 2")
ATTENDING, QUERY = 2, 5
"""Side of the patches whose attention is shown, and the patch: second row, second column."""
MEASURED = 64
"""Digits on which attention is measured."""


class Sheet(NamedTuple):
    """One held-out digit at each of SHOWN_TIMES."""

    images: Tensor  # (S, 4, 8, 8) noisy, and the clean digit as patches of 4, 2 and 1 predict it
    attention: Tensor  # (S, L, 4, 4) weights of one patch of 2 × 2, mean over heads


@torch.inference_mode()
def sheet_of(image: int, closed: Closed, seed: int, device: str) -> Sheet:
    given, alpha_bar = questions(seed), trained_alpha_bar()
    clean, label, noise = (part[[image]].to(device) for part in (given.images, given.labels, given.noise))
    images, attention = [], []
    for t in SHOWN_TIMES:
        a = alpha_bar[t].item()
        x = q_sample(clean, a, noise)
        guesses = [
            predicted_x0(x, noise_predictor(altered(side, closed, 0, device), label, 1.0, alpha_bar)(x, t), a)
            for side in SHOWN_SIDES
        ]
        images.append(torch.cat([x, *(guess.clamp(-1, 1) for guess in guesses)])[:, 0])
        blocks = traced(altered(ATTENDING, closed, 0, device), x, t, label).blocks
        weights = torch.stack([block.attention.weights[0].mean(dim=0)[QUERY] for block in blocks])  # (L, T)
        attention.append(weights.unflatten(-1, (SIZE // ATTENDING, -1)))
    return Sheet(torch.stack(images).cpu(), torch.stack(attention).cpu())


def traced(model: torch.nn.Module, x: Tensor, t: int, label: Tensor) -> DiTTrace:
    _, trace = model(x, torch.full((len(x),), float(t), device=x.device), label)
    return trace


@memo
@torch.inference_mode()
def gates_by_time(device: str) -> Tensor:
    """Mean size of each gate over the ten classes and the trainings, at TIMES.  (9, 4)"""
    found = torch.zeros(TRAININGS, len(TIMES), len(GATES))
    x, label = torch.zeros(10, 1, SIZE, SIZE, device=device), torch.arange(10, device=device)
    for training in range(TRAININGS):
        for at, t in enumerate(TIMES):
            blocks = traced(altered(ATTENDING, "nothing", training, device), x, t, label).blocks
            pairs = [gate for block in blocks for gate in (block.attention_gate, block.feed_forward_gate)]
            found[training, at] = torch.stack([gate.abs().mean() for gate in pairs]).cpu()
    return found.mean(dim=0)


class Attended(NamedTuple):
    """By training, noise level of TIMES and block; means over patches, heads and held-out digits."""

    patches: Tensor  # (N, 9, L) how many
    distance: Tensor  # (N, 9, L) how far away, in pixels


@memo
@torch.inference_mode()
def attended(side: int, closed: Closed, seed: int, device: str) -> Attended:
    images, labels, _, noise = (part[:MEASURED].to(device) for part in questions(seed))
    patches, distance = (torch.zeros(TRAININGS, len(TIMES), SIZES["layers"]) for _ in range(2))
    for training in range(TRAININGS):
        for at, t in enumerate(TIMES):
            x = q_sample(images, trained_alpha_bar()[t].item(), noise)
            for block, trace in enumerate(traced(altered(side, closed, training, device), x, t, labels).blocks):
                w = trace.attention.weights  # (B, H, T, T)
                patches[training, at, block] = attended_patches(w).mean().cpu()
                distance[training, at, block] = attended_distance(w, side).mean().cpu()
    return Attended(patches, distance)
