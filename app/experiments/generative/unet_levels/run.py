"""A denoising U-Net with one part of it taken from another noisy digit, at all noise levels, and told a wrong time."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.denoiser import trained_alpha_bar
from models.generative.diffusion import noise_from_velocity, predicted_x0, q_sample, velocity
from models.generative.digit_unet import DigitUNet
from models.generative.pretrained_networks import digit_denoiser
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.small_denoisers import TRAININGS, pretrained

TIMES = (50, 150, 300, 500, 700, 850, 950)
LOW, HIGH = 150, 850
"""Times of little and of much noise at which exchanges are compared."""
TOLD = (50, 200, 500, 800, 950)
SHOWN_TIMES = (150, 500, 850)
DIGITS = 64

Source = Literal["another digit’s", "another one’s of the same digit", "the same image’s, other noise"]
Part = Literal["top skip", "lower skip", "middle"]
PARTS: tuple[Part, ...] = ("top skip", "lower skip", "middle")


class LevelControls(Controls):
    judged: Part = Field("top skip", title="Part judged", description="Of the U; all are drawn")
    source: Source = Field("another digit’s", title="Exchanged for")
    network: Literal["three levels", "two levels, five trainings"] = Field("three levels", title="U-Net")
    image: int = Field(3, ge=0, le=DIGITS - 1, title="Held-out digit shown")
    told_of: Literal[50, 200, 500, 800, 950] = Field(800, title="Noise level told wrongly", description="True t")


class LevelResult(NamedTuple):
    controls: LevelControls
    intact: Tensor  # (S,) squared error of the velocity per pixel, at each of TIMES
    rises: dict[Part, Tensor]  # part → (S,) what its exchange adds
    pictures: Tensor  # (5, K, 8, 8) noisy, intact, and each part exchanged: the predicted clean digit; NaN where none
    told: Tensor  # (W, W) what telling a time of TOLD adds, by true time (rows) and told time (columns)
    changes: dict[Part, Tensor]  # part → (W,) relative change of what it holds when another time is told
    parameters: int


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
            held.append([*trace.down, trace.middle])
            errors.append((answer - v).square().mean())
        added[row] = torch.stack(errors).cpu() - errors[row].cpu()
        moved[t] = {
            part: torch.stack([(one[at] - held[row][at]).norm() / held[row][at].norm() for one in held]).cpu()
            for at, part in enumerate(parts_of(model))
        }
    return added, moved


@torch.inference_mode()
def clean_guesses(c: LevelControls, device: str) -> Tensor:
    """One digit: noisy, and the predicted clean digit intact and with each part exchanged.  (5, K, 8, 8)"""
    given, model = noised_digits(c.source, c.seed), networks(c.network, device)[0]
    shown = torch.full((2 + len(PARTS), len(SHOWN_TIMES), 8, 8), float("nan"))
    for column, t in enumerate(SHOWN_TIMES):
        a = trained_alpha_bar()[t].item()
        x, other, _ = noisy(given, a, device)
        shown[0, column] = x[c.image, 0].cpu()
        for part, v in exchanged(model, x, other, t, given).items():
            row = 1 if part is None else 2 + PARTS.index(part)
            shown[row, column] = predicted_x0(x, noise_from_velocity(x, v, a), a)[c.image, 0].clamp(-1, 1).cpu()
    return shown


def run(controls: LevelControls, device: str) -> LevelResult:
    c = controls
    found = exchanges(c.source, c.network, c.seed, device)
    told, moved = wrong_times(c.network, c.seed, device)
    model = networks(c.network, device)[0]
    return LevelResult(
        c, found.intact, found.rises, clean_guesses(c, device), told, moved[c.told_of], parameter_count(model)
    )


def measure(result: LevelResult) -> Measurements:
    c, low, high = result.controls, TIMES.index(LOW), TIMES.index(HIGH)
    chosen, middle, top = result.rises[c.judged], result.rises["middle"], result.rises["top skip"]
    row = TOLD.index(c.told_of)
    return {
        "rise_at_low_noise": chosen[low].item(),
        "rise_at_high_noise": chosen[high].item(),
        "rise_low_over_high": (chosen[low] / chosen[high]).item(),
        "top_rise_at_low_noise": top[low].item(),
        "top_rise_at_high_noise": top[high].item(),
        "middle_rise_at_low_noise": middle[low].item(),
        "middle_rise_at_high_noise": middle[high].item(),
        "middle_over_top_at_high_noise": (middle[high] / top[high]).item(),
        "told_low_rise": result.told[row, 0].item(),
        "told_high_rise": result.told[row, -1].item(),
        "wrong_time_asymmetry": (result.told[-1, 0] / result.told[0, -1]).item(),
        "intact_error_at_low_noise": result.intact[low].item(),
        "intact_error_at_high_noise": result.intact[high].item(),
    }
