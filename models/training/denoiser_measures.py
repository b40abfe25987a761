"""Held-out loss and size of the gates of small denoisers of digits: the same questions for every network.

Symbols
    P  questions: each held-out digit several times        L  blocks
"""

import torch
from torch import Tensor

from models.data.digits import Digits
from models.generative.denoiser import Denoiser, T, denoising_loss, trained_alpha_bar
from models.seeding import normal
from models.training.recipes import UNSEEN


def questions(held_out: Digits, rounds: int = 4, seed: int = UNSEEN) -> tuple[Tensor, ...]:
    """Held-out digits, their labels, times spread evenly over 1 … T, and noise: the same for every arm."""
    images, labels = held_out.images.repeat(rounds, 1, 1, 1), held_out.labels.repeat(rounds)
    t = torch.linspace(1, T, len(images)).round().long()
    return images, labels, t, normal(*images.shape, seed=seed)


@torch.inference_mode()
def held_out_loss(model: Denoiser, held_out: Digits) -> float:
    """Mean squared error of the velocity on held-out digits, per pixel."""
    images, labels, t, noise = questions(held_out)
    return denoising_loss(model, images, labels, t, noise, trained_alpha_bar().float()).mean().item()


def gate_sizes(model: Denoiser, labels: Tensor, t: Tensor) -> Tensor:
    """Mean |α| of each block's two gates over these classes and times.  → (L, 2)"""
    _, trace = model(torch.zeros(len(t), 1, 8, 8), t.float(), labels)
    gates = [(block.attention_gate, block.feed_forward_gate) for block in trace.blocks]
    return torch.stack([torch.stack([gate.abs().mean() for gate in pair]) for pair in gates])
