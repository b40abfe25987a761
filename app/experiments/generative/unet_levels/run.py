"""A denoising U-Net with one part of it taken from another noisy digit, told a wrong time, or told another class."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.generative.unet_levels.conditions import Conditions, conditions
from app.experiments.generative.unet_levels.exchanged import (
    DIGITS,
    PARTS,
    TIMES,
    Part,
    Source,
    exchanged,
    exchanges,
    networks,
    noised_digits,
    noisy,
)
from app.experiments.generative.unet_levels.told import TOLD, Classes, another_class, wrong_times
from models.generative.denoiser import trained_alpha_bar
from models.generative.diffusion import noise_from_velocity, predicted_x0
from models.parameter_count import parameter_count

LOW, HIGH = 150, 850
"""Times of little and of much noise at which exchanges are compared."""
SHOWN_TIMES = (850, 500, 150)


class LevelControls(Controls):
    judged: Part = Field("top skip", title="Part judged", description="Of the U; all are drawn")
    source: Source = Field("another digit’s", title="Exchanged for")
    network: Literal["three levels", "two levels, five trainings"] = Field("three levels", title="U-Net")
    image: int = Field(3, ge=0, le=DIGITS - 1, title="Held-out digit shown")
    told_of: Literal[50, 200, 500, 800, 950] = Field(800, title="Noise level told wrongly", description="True t")

    third: Literal["a wrong time or class", "class by norms or attention"] = Field(
        "a wrong time or class", title="Third figure", description="Norms or attention: smaller U-Nets"
    )


class LevelResult(NamedTuple):
    controls: LevelControls
    intact: Tensor  # (S,) squared error of the velocity per pixel, at each of TIMES
    rises: dict[Part, Tensor]  # part → (S,) what its exchange adds
    pictures: Tensor  # (K, 5, 8, 8) noisy, intact, and each part exchanged: the predicted clean digit; NaN where none
    told: Tensor  # (W, W) what telling a time of TOLD adds, by true time (rows) and told time (columns)
    changes: dict[Part, Tensor]  # part → (W,) relative change of what it holds when another time is told
    classes: Classes
    conditions: Conditions | None  # where the third figure is about them
    parameters: int


@torch.inference_mode()
def clean_guesses(c: LevelControls, device: str) -> Tensor:
    """One digit: noisy, and the predicted clean digit intact and with each part exchanged.  (K, 5, 8, 8)"""
    given, model = noised_digits(c.source, c.seed), networks(c.network, device)[0]
    shown = torch.full((len(SHOWN_TIMES), 2 + len(PARTS), 8, 8), float("nan"))
    for row, t in enumerate(SHOWN_TIMES):
        a = trained_alpha_bar()[t].item()
        x, other, _ = noisy(given, a, device)
        shown[row, 0] = x[c.image, 0].cpu()
        for part, v in exchanged(model, x, other, t, given).items():
            column = 1 if part is None else 2 + PARTS.index(part)
            shown[row, column] = predicted_x0(x, noise_from_velocity(x, v, a), a)[c.image, 0].clamp(-1, 1).cpu()
    return shown


def run(controls: LevelControls, device: str) -> LevelResult:
    c = controls
    found = exchanges(c.source, c.network, c.seed, device)
    told, moved = wrong_times(c.network, c.seed, device)
    model = networks(c.network, device)[0]
    return LevelResult(
        c, found.intact, found.rises, clean_guesses(c, device), told, moved[c.told_of],
        another_class(c.network, c.seed, device),
        conditions(c.seed, device) if c.third == "class by norms or attention" else None, parameter_count(model),
    )  # fmt: skip


def measure(result: LevelResult) -> Measurements:
    c, low, high = result.controls, TIMES.index(LOW), TIMES.index(HIGH)
    chosen, middle, top = result.rises[c.judged], result.rises["middle"], result.rises["top skip"]
    row = TOLD.index(c.told_of)
    found = {} if result.conditions is None else measured(result.conditions, low, high)
    return {**found} | {
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
        "class_change_of_middle": result.classes.changes["middle"][high].item(),
        "class_change_of_top": result.classes.changes["top skip"][high].item(),
        "class_change_of_middle_low": result.classes.changes["middle"][low].item(),
        "intact_error_at_low_noise": result.intact[low].item(),
        "intact_error_at_high_noise": result.intact[high].item(),
    }


def measured(found: Conditions, low: int, high: int) -> Measurements:
    return {
        "class_weight_of_top_low": found.weights[low, 0].item(),
        "class_weight_of_top": found.weights[high, 0].item(),
        "class_weight_of_middle": found.weights[high, 1].item(),
        "top_change_by_norms": found.changes["norm"][high, 0].item(),
        "top_change_by_attention": found.changes["attention"][high, 0].item(),
        "middle_change_by_norms": found.changes["norm"][high, 1].item(),
        "middle_change_by_attention": found.changes["attention"][high, 1].item(),
        "error_by_norms": found.errors["norm"].mean().item(),
        "error_by_attention": found.errors["attention"].mean().item(),
    }
