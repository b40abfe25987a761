"""A denoising U-Net with one part of it taken from another noisy digit, and what that adds to its error."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.denoiser import trained_alpha_bar
from models.generative.diffusion import q_sample, velocity
from models.generative.digit_unet import DigitUNet
from models.generative.pretrained_networks import digit_denoiser
from models.seeding import generator
from models.training.small_denoisers import TRAININGS, pretrained

TIMES = (50, 150, 300, 500, 700, 850, 950)
DIGITS = 64

Source = Literal["another digit’s", "another one’s of the same digit", "the same image’s, other noise"]
Part = Literal["top skip", "lower skip", "middle"]
PARTS: tuple[Part, ...] = ("top skip", "lower skip", "middle")


class Noised(NamedTuple):
    """Held-out digits and, for each, the one of which a part is taken."""

    images: Tensor  # (B, 1, 8, 8)
    labels: Tensor  # (B,)
    partner: Tensor  # (B,)
    noise: Tensor  # (B, 1, 8, 8)
    partner_noise: Tensor  # (B, 1, 8, 8)


@memo
def noised_digits(source: Source, seed: int) -> Noised:
    held_out, draws = digits()[1], generator(seed)
    rows = torch.randperm(len(held_out.labels), generator=draws)[:DIGITS]
    images, labels = held_out.images[rows], held_out.labels[rows]
    noise, other = (torch.randn(images.shape, generator=draws) for _ in range(2))
    tickets = torch.rand(DIGITS, DIGITS, generator=draws)
    alike, itself = labels[:, None] == labels, torch.eye(DIGITS, dtype=torch.bool)
    fits = {"another digit’s": ~alike, "another one’s of the same digit": alike & ~itself}.get(source, itself)
    partner = torch.where(fits, tickets, -1.0).argmax(dim=1)
    return Noised(images, labels, partner, noise, other)


def networks(kind: str, device: str) -> list[DigitUNet]:
    if kind == "three levels":
        return [digit_denoiser(device)]
    found = [pretrained("U-Net", training, device) for training in range(TRAININGS)]
    return [model for model in found if isinstance(model, DigitUNet)]


def exchanged(model: DigitUNet, x: Tensor, other: Tensor, t: int, given: Noised) -> dict[Part | None, Tensor]:
    """The velocity for noisy digits x, intact (None) and with each part as the partner's noisy digit leaves it."""
    labels, partner = given.labels.to(x.device), given.partner.to(x.device)
    time = torch.full((len(x),), float(t), device=x.device)
    embedding, theirs = model.embedded(time, labels), model.embedded(time, labels[partner])
    (skips, middle), (their_skips, their_middle) = model.contract(x, embedding), model.contract(other, theirs)
    own, foreign = [*skips, middle], [*their_skips, their_middle]
    found: dict[Part | None, Tensor] = {None: model.expand(middle, skips, embedding)[0]}
    for at, part in enumerate(parts_of(model)):
        mixed = [*own[:at], foreign[at], *own[at + 1 :]]
        found[part] = model.expand(mixed[-1], tuple(mixed[:-1]), embedding)[0]
    return found


def parts_of(model: DigitUNet) -> tuple[Part, ...]:
    """The skips from the top down, and the middle."""
    return PARTS if len(model.down) == 2 else ("top skip", "middle")


class Exchanges(NamedTuple):
    intact: Tensor  # (S,)
    rises: dict[Part, Tensor]  # part → (S,)


@memo
@torch.inference_mode()
def exchanges(source: Source, network: str, seed: int, device: str) -> Exchanges:
    """The squared error at each of TIMES, and what each exchange adds to it; means over the networks."""
    given, alpha_bar, models = noised_digits(source, seed), trained_alpha_bar().float(), networks(network, device)
    found: dict[Part | None, list[float]] = {None: [], **{part: [] for part in parts_of(models[0])}}
    for t in TIMES:
        x, other, v = noisy(given, alpha_bar[t].item(), device)
        each = [exchanged(model, x, other, t, given) for model in models]
        for part, errors in found.items():
            errors.append(torch.stack([(one[part] - v).square().mean() for one in each]).mean().item())
    intact = torch.tensor(found.pop(None))  # (S,)
    nothing = torch.full((len(TIMES),), float("nan"))
    rises = {part: torch.tensor(found[part]) - intact if part in found else nothing for part in PARTS}
    return Exchanges(intact, rises)


def noisy(given: Noised, a: float, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """The noisy digits, those of the partners, and the true velocity of the former."""
    x = q_sample(given.images, a, given.noise)
    other = q_sample(given.images[given.partner], a, given.partner_noise)
    return x.to(device), other.to(device), velocity(given.images, given.noise, a).to(device)
