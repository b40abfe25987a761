"""The three figures of the forward process: a film for every schedule, the schedules, and one pixel's distribution."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.noising.run import COLUMNS, NoisingResult
from app.provenance.origin import Computed, Plotted
from models.generative.diffusion import q_sample
from models.generative.noise_schedule import (
    signal_to_noise,
)
from visualizers.distribution import densities
from visualizers.image import IMAGES, pictures, sheet
from visualizers.strips import Strip, strips

HALF_HEIGHT = 330
EIGHTHS = ("0", "⅛", "¼", "⅜", "½", "⅝", "¾", "⅞", "1")


def figures(result: NoisingResult, metrics: Measurements) -> Figures:
    return {"film": _film(result, metrics), "schedules": _schedules(result), "pixel": _pixel(result)}


def _ratio(snr: float) -> str:
    """Four letters at most: on a phone an image is no wider."""
    if snr == float("inf"):
        return "∞"
    return f"{snr:.0f}" if snr >= 10 else f"{snr:.1f}" if snr >= 1 else f"{snr:.2f}" if snr >= 0.005 else "≈ 0"


def _film(result: NoisingResult, metrics: Measurements) -> Figure:
    names = list(result.alpha_bars)
    ratios = [[_ratio(snr) for snr in row] for row in result.film_ratios.tolist()]
    return Figure(
        title="The same digit under three schedules",
        caption=(
            "Left to right: t as a share of T. Below each image: signal to noise. Where can you no longer tell the"
            " digit?"
        ),
        text=(
            f"Half way, the {result.schedule} schedule has a signal-to-noise ratio of"
            f" {metrics['signal_to_noise_half_way']:.3g}."
        ),
        plot=pictures(
            result.film.numpy(),
            rows=names,
            columns=EIGHTHS,
            under=ratios,
        ),
        height=320,
        sources=_sources_of_film(result),
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
            "{c1|linear}, {c2|cosine}, {c3|scaled linear}. The chosen one is thick; the dotted line is your t. Above:"
            " share of the variance. Below: signal to noise."
        ),
        text=(f"At t = {result.t} of {T} the {result.schedule} schedule keeps {level[result.t]:.3g} of the variance."),
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
            "{accent|Bars}: 4000 runs of single steps. {c2|Line}: the formula of the jump. Do they agree at every t?"
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


def _sources_of_film(result: NoisingResult) -> list[Plotted]:
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

    return [
        Plotted(jump, laid, trace=IMAGES, unit=None),
        Plotted(result.image, first_column, trace=IMAGES, unit=None),
    ]
