"""Noise becomes digits or points, step by step, while real ones become noise; then the same at several guidances."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.generative.subjects import DIGITS, Subject, subject, weights
from app.experiments.memo import memo
from models.generative.denoiser import T, noise_predictor, trained_alpha_bar
from models.generative.diffusion import (
    Level,
    Reverse,
    ReverseStep,
    ddim_step,
    ddpm_step_beta,
    posterior_mean,
    predicted_x0,
    q_sample,
    reverse,
)
from models.generative.digit_judge import judged, readable_share
from models.generative.distances import inhomogeneity, nearest_distance, within_class_variance
from models.generative.noise_schedule import strided
from models.generative.pretrained_networks import digit_classifier
from models.seeding import generator

GUIDANCES = (0.0, 0.5, 1.0, 2.0, 4.0)
NOISES, SWEEP_STEPS = 3, 10
GRID = torch.linspace(-2.5, 2.5, 11)


def ddpm_mean_only(x: Tensor, x0: Tensor, fresh: Tensor, a: Level, b: Level) -> Tensor:
    """The DDPM step without its new noise."""
    return posterior_mean(x, x0, a, b)


SAMPLERS: dict[str, ReverseStep] = {
    "DDIM": ddim_step,
    "DDPM": ddpm_step_beta,
    "DDPM, noise left out": ddpm_mean_only,
}


class DiffusionControls(Controls):
    data: Literal["digits", "moons", "ring", "spiral", "mixture"] = Field("digits", title="Data")
    sampler: Literal["DDIM", "DDPM", "DDPM, noise left out"] = Field("DDIM", title="Sampler")
    steps: int = Field(20, ge=1, le=50, title="Steps", description="In place of the 1000 steps of training")
    digit: Literal["all", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] = Field(
        "all", title="Digit asked for", description="For the data “digits”"
    )
    guidance: float = Field(1.0, ge=0, le=4, multiple_of=0.5, title="Guidance", description="0 ignores the class")


class DiffusionResult(NamedTuple):
    data: str
    asked: Tensor  # (P,) class of every sample
    times: tuple[int, ...]  # S stops, from T down to 0
    alpha_bar: Tensor  # (S,) at the stops
    sampler: str
    fresh: Tensor  # (S − 1, P, …) the noise that each step was offered
    x: Tensor  # (S, P, …) the samples on their way
    guesses: Tensor  # (S, P, …) x̂_0 at every stop
    noise: Tensor  # (S, P, …) what is left of x without it
    noised: Tensor  # (S, P, …) real data at the same times
    on_target: Tensor  # (S, P) whether x is what was asked for
    variety: Tensor  # (S,) within-class variance of the guesses over that of real data
    variety_drawn: Tensor  # () the same of the finished samples
    distance: Tensor  # () of the finished samples to held-out data, from 0 to 1
    nearest_ratio: Tensor  # () median distance to the closest learned sample, over that of held-out data
    places: Tensor  # (G, 2) where the arrows of a set of points stand; (0, 2) for digits
    arrows: Tensor  # (S, G, 2) from there to x̂_0
    readable: float  # share of the drawn digits that the judge is sure of; not a number for points
    guidance: float
    guided: dict[float, Tensor]  # guidance → (NOISES, 2): share as asked and variety over that of real data
    parameters: int


def _stops(controls: DiffusionControls, drawn: Subject, device: str) -> Iterator[Reverse]:
    draws, alpha_bar = generator(controls.seed), trained_alpha_bar()
    noise = torch.randn(len(drawn.asked), *drawn.learned.shape[1:], generator=draws).to(device)
    predict = noise_predictor(drawn.denoiser, drawn.asked, controls.guidance, alpha_bar)
    times = strided(T, controls.steps)
    return reverse(predict, noise, alpha_bar, times, SAMPLERS[controls.sampler], draws, drawn.limit)


def _real(drawn: Subject, seed: int) -> Tensor:
    """A real sample of its class for every sample."""
    tickets = torch.rand(len(drawn.asked), len(drawn.learned), generator=generator(seed)).to(drawn.asked.device)
    fits = drawn.asked[:, None] == drawn.learned_labels
    return drawn.learned[torch.where(fits, tickets, -1.0).argmax(1)]


@memo
@torch.inference_mode()
def at_guidance(guidance: float, data: str, sampler: str, digit: str, seed: int, device: str) -> Tensor:
    """From several noises: the share of samples that are as asked, and their variety over that of real data."""
    drawn, found = subject(data, digit, device), []
    variance = within_class_variance(drawn.learned, drawn.learned_labels)
    for noise in range(NOISES):
        controls = DiffusionControls.model_validate(
            {"data": data, "sampler": sampler, "digit": digit, "guidance": guidance, "steps": SWEEP_STEPS}
            | {"seed": (seed + noise) % 2**31}
        )
        *_, last = _stops(controls, drawn, device)
        found.append([drawn.on_target(last.x).float().mean(), within_class_variance(last.x, drawn.asked) / variance])
    return torch.tensor(found)


def run(controls: DiffusionControls, device: str) -> Iterator[DiffusionResult]:
    """The samples at once, then what other guidances would have made, one after the other."""
    result, done = sampled(controls, device), {}
    yield result
    for guidance in GUIDANCES:
        done[guidance] = at_guidance(guidance, controls.data, controls.sampler, controls.digit, controls.seed, device)
        yield result._replace(guided=dict(done))


@torch.inference_mode()
def sampled(controls: DiffusionControls, device: str) -> DiffusionResult:
    drawn = subject(controls.data, controls.digit, device)
    stops = list(_stops(controls, drawn, device))
    times = tuple(stop.t for stop in stops)
    alpha_bar = trained_alpha_bar()[list(times)].float()
    x, guesses = torch.stack([stop.x for stop in stops]), torch.stack([stop.x0 for stop in stops])

    real = _real(drawn, controls.seed)
    noise = torch.randn(real.shape, generator=generator(controls.seed + 1)).to(device)
    noised = torch.stack([q_sample(real, a, noise) for a in alpha_bar.tolist()])

    places = torch.cartesian_prod(GRID, GRID).to(device) if controls.data != DIGITS else x.new_zeros(0, 2)
    arrows = x.new_zeros(len(times), len(places), 2)
    if len(places):
        field = noise_predictor(
            drawn.denoiser, drawn.asked[:1].expand(len(places)), controls.guidance, trained_alpha_bar()
        )
        for at, (t, a) in enumerate(zip(times, alpha_bar.tolist())):
            arrows[at] = predicted_x0(places, field(places, max(t, 1)), min(a, 1 - 1e-4)).clamp(-3, 3) - places

    variance = within_class_variance(drawn.learned, drawn.learned_labels)
    end = x[-1]
    return DiffusionResult(
        data=controls.data,
        asked=drawn.asked,
        times=times,
        alpha_bar=alpha_bar,
        sampler=controls.sampler,
        fresh=torch.stack([stop.fresh for stop in stops[:-1]]),
        x=x,
        guesses=guesses,
        noise=torch.stack([stop.noise for stop in stops]),
        noised=noised,
        on_target=torch.stack([drawn.on_target(stop) for stop in x]),
        variety=torch.stack([within_class_variance(guess, drawn.asked) for guess in guesses]) / variance,
        variety_drawn=within_class_variance(end, drawn.asked) / variance,
        distance=inhomogeneity(end.flatten(1), drawn.held_out.flatten(1)),
        nearest_ratio=nearest_distance(end, drawn.learned).median()
        / nearest_distance(drawn.held_out, drawn.learned).median(),
        places=places,
        arrows=arrows,
        readable=readable_share(judged(digit_classifier(device), end)) if controls.data == DIGITS else float("nan"),
        guidance=controls.guidance,
        guided={},
        parameters=weights(drawn.denoiser),
    )


def measure(result: DiffusionResult) -> Measurements:
    digits_alone = {"readable_percent": 100 * result.readable} if result.data == DIGITS else {}
    share = result.on_target.float().mean(1)
    steps = len(result.times) - 1
    first = next((stop for stop, value in enumerate(share.tolist()) if value >= 0.9), steps)
    return digits_alone | {
        "on_target_percent": 100 * share[-1].item(),
        "variety_ratio": result.variety_drawn.item(),
        # The estimate is without bias, so that a perfect cloud may come out just below zero.
        "distance_to_data_percent": 100 * max(result.distance.item(), 0.0),
        "nearest_learned_ratio": result.nearest_ratio.item(),
        "recognised_from_percent": 100 * first / steps,
        "denoiser_calls": float(steps),
    }
