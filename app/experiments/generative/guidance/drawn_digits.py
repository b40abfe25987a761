"""Digits drawn at several guidance scales: how each network walks from noise to a digit, and what comes out."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.denoiser import Denoiser, T, trained_alpha_bar
from models.generative.diffusion import NoisePredictor, ddim_step, guided, noise_from_velocity, reverse
from models.generative.digit_judge import class_accuracy, judged
from models.generative.distances import mean_pair_distances
from models.generative.noise_schedule import strided
from models.generative.pretrained_networks import digit_classifier
from models.linear.principal_components import Components, principal_components
from models.seeding import generator
from models.training.small_denoisers import TRAININGS, pretrained

SHOWN_SCALES = (0, 1, 2, 4, 8)
COLUMNS, A_CLASS, DIGIT_STEPS = 10, 6, 10
TIMES = strided(T, DIGIT_STEPS)

Passes = Literal[
    "class, no class", "the class in both (a mistake)", "the two swapped (a mistake)", "class, another class"
]
Network = Literal["transformer", "U-Net"]
NETWORKS: Mapping[Network, str] = {"transformer": "patch 2", "U-Net": "U-Net"}


class Drawn(NamedTuple):
    """Digits of all classes at one scale, from each of the trained networks."""

    accuracy: Tensor  # (N,) share that the judge takes for the digit asked for
    variety: Tensor  # (N, 10) mean distance of two samples of a class, over that of two real ones


def mixed_passes(model: Denoiser, label: Tensor, passes: Passes, scale: int) -> NoisePredictor:
    """ε̃ from two passes in one batch; the control says which labels they are given."""
    other = {
        "the class in both (a mistake)": label,
        "class, another class": (label + 5) % 10,
    }.get(passes, torch.full_like(label, model.no_class))
    given = [other, label] if passes.startswith("the two") else [label, other]
    used = {0: [1], 1: [0]}.get(scale, [0, 1])  # at guidance 0 and 1 only one pass counts
    labels, alpha_bar = torch.cat([given[at] for at in used]), trained_alpha_bar()

    def predict(x: Tensor, t: int) -> Tensor:
        repeated = x.repeat(len(used), 1, 1, 1)
        v, _ = model(repeated, torch.full((len(repeated),), float(t), device=x.device), labels)
        found = noise_from_velocity(repeated, v, alpha_bar[t].item()).chunk(len(used))
        return guided(found[0], found[1], scale) if len(used) == 2 else found[0]

    return predict


def walk(model: Denoiser, label: Tensor, passes: Passes, scale: int, seed: int) -> Tensor:
    """One digit per label, by DDIM: all states from noise to the end.  (T + 1, B, 1, 8, 8)"""
    draws = generator(seed)
    noise = torch.randn(len(label), 1, 8, 8, generator=draws).to(label.device)
    predict = mixed_passes(model, label, passes, scale)
    return torch.stack([stop.x for stop in reverse(predict, noise, trained_alpha_bar(), TIMES, ddim_step, draws, 1.0)])


@memo
def real_distances(device: str) -> Tensor:
    held_out = digits()[1]
    return mean_pair_distances(held_out.images.flatten(1), held_out.labels).to(device)


@memo
@torch.inference_mode()
def drawn_at(scale: int, passes: Passes, network: Network, seed: int, device: str) -> Drawn:
    label = torch.arange(10, device=device).repeat(A_CLASS)
    judge = digit_classifier(device)
    accuracy, variety = [], []
    for training in range(TRAININGS):
        x = walk(pretrained(NETWORKS[network], training, device), label, passes, scale, seed + training)[-1]
        accuracy.append(class_accuracy(judged(judge, x), label))
        variety.append(mean_pair_distances(x.flatten(1), label) / real_distances(device))
    return Drawn(torch.tensor(accuracy), torch.stack(variety))


@memo
@torch.inference_mode()
def walks(digit: int, passes: Passes, network: Network, seed: int, device: str) -> Tensor:
    """Of one digit, at each of SHOWN_SCALES, from the same noises.  (S, T + 1, K, 1, 8, 8)"""
    label = torch.full((COLUMNS,), digit, device=device)
    model = pretrained(NETWORKS[network], 0, device)
    return torch.stack([walk(model, label, passes, scale, seed) for scale in SHOWN_SCALES])


@memo
def plane() -> Components:
    """The two directions in which the learned digits vary most."""
    return principal_components(digits()[0].images.flatten(1), 2)
