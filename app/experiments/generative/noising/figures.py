"""The three figures of the forward process: a film for every schedule, the schedules, and one pixel's distribution."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.generative.noising.run import COLUMNS, NoisingResult
from app.provenance.origin import Computed, Drawn
from models.generative.diffusion import q_sample
from models.generative.noise_schedule import (
    signal_to_noise,
)
from visualizers.distribution import densities
from visualizers.image import pictures, sheet
from visualizers.strips import Strip, strips

HALF_HEIGHT = 330
EIGHTHS = ("0", "⅛", "¼", "⅜", "½", "⅝", "¾", "⅞", "1")


def figures(result: NoisingResult, measured: Measurements) -> Figures:
    return with_sources(
        {"film": _film(result), "schedules": _schedules(result), "pixel": _pixel(result)}, origins(result)
    )


def _ratio(snr: float) -> str:
    """Four letters at most: on a phone an image is no wider."""
    if snr == float("inf"):
        return "∞"
    return f"{snr:.0f}" if snr >= 10 else f"{snr:.1f}" if snr >= 1 else f"{snr:.2f}" if snr >= 0.005 else "≈ 0"


def _film(result: NoisingResult) -> Figure:
    names, level = list(result.alpha_bars), result.alpha_bars[result.schedule]
    T = len(level) - 1
    ratios = [[_ratio(snr) for snr in row] for row in result.film_ratios.tolist()]
    return Figure(
        title="The same digit under three schedules",
        caption=(
            "Left to right, t as a share of T; the number below is signal to noise."
            " See where you stop telling which digit it is: that is where a schedule spends its steps on noise alone."
        ),
        text=(
            f"Half way the {result.schedule} schedule has a signal-to-noise ratio of"
            f" {signal_to_noise(level)[T // 2]:.3g}."
        ),
        plot=pictures(
            result.film.numpy(),
            rows=names,
            columns=EIGHTHS,
            under=ratios,
        ),
        height=320,
    )


def _schedules(result: NoisingResult) -> Figure:
    T = len(result.alpha_bars[result.schedule]) - 1
    every = np.unique(np.linspace(1, T, min(T, 125)).round().astype(int))
    share = {name: (every, level[every].numpy()) for name, level in result.alpha_bars.items()}
    ratio = {name: (every, signal_to_noise(level)[every].numpy()) for name, level in result.alpha_bars.items()}
    level = result.alpha_bars[result.schedule]
    return Figure(
        title="Signal left after t steps",
        caption=(
            "{c1|linear}, {c2|cosine}, {c3|scaled linear}; the chosen one is thick, the dotted line is your t."
            " Above, the share of the variance; below, signal to noise."
        ),
        text=(
            f"At t = {result.t} of {T} the {result.schedule} schedule keeps {level[result.t]:.3g} of the variance;"
            f" after all steps {level[-1].sqrt():.2g} of the signal's size is left."
        ),
        plot=strips(
            [
                Strip("ᾱ, share of variance", share, y_range=(0, 1.02), dots=False, picked=result.schedule),
                Strip(
                    "signal to noise, ᾱ / (1 − ᾱ)",
                    ratio,
                    log=True,
                    y_range=(-5, 4),
                    dots=False,
                    picked=result.schedule,
                    powers=2,
                ),
            ],
            x_title="t, steps",
            marks={"your t": (result.t, "left" if result.t > T / 2 else "right")},
        ),
        height=HALF_HEIGHT,
        half=True,
    )


def _pixel(result: NoisingResult) -> Figure:
    stop = result.times.index(result.t)
    stepped = result.stepped[stop]
    mean, variance = result.jump
    return Figure(
        title="One pixel: many steps against one jump",
        caption=(
            "{accent|Bars}: 4000 runs of single steps. {c2|Line}: the jump's formula. They should agree at every t;"
            " move to see the peak slide to 0 and widen."
        ),
        text=(
            f"After {result.t} single steps the pixel has mean {stepped.mean():.3f} and variance {stepped.var():.3f};"
            f" the formula gives {mean:.3f} and {variance:.3f}."
        ),
        plot=densities(
            result.stepped.numpy(),
            result.densities.numpy(),
            x=result.values.numpy(),
            frames=[f"t = {t}" for t in result.times],
            start=stop,
            x_title="value of the pixel",
            highest=0.75,
        ),
        height=HALF_HEIGHT,
        half=True,
        lines=["return (1 - beta) ** 0.5 * x + beta**0.5 * noise"] * len(result.times),
        steps="step",
        start=stop,
    )


def origins(result: NoisingResult) -> list[Drawn]:
    if not result.shrinks:
        return []
    levels = torch.stack([level[list(result.film_times)] for level in result.alpha_bars.values()])[..., None, None]
    jump = Computed(result.film, q_sample, {"x0": result.image, "a": levels.float(), "noise": result.noises})

    def laid(images: Tensor) -> Tensor:
        return torch.from_numpy(sheet(images.numpy(), under=True))

    def first_column(image: Tensor) -> Tensor:
        images = image.new_zeros(len(levels), COLUMNS, *image.shape)
        images[:, 0] = image
        return laid(images)

    return [Drawn("film", jump, laid, unit=None), Drawn("film", result.image, first_column, unit=None)]
