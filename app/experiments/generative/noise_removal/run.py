"""Two denoising autoencoders, of points with a known density and of digits, learn while the reader watches."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.generative.noise_removal.course import PARTS, Activation, Lesson, Target, course, mixture_of
from app.experiments.live_training import PAUSE_SECONDS
from models.data.digits import digits
from models.generative.denoising_autoencoder import (
    DenoisingAutoencoder,
    best_reconstruction,
    corrupted,
    denoising_error,
    score_from_correction,
)
from models.generative.digit_judge import judged
from models.generative.mixtures import Mixture, sample, score, smoothed
from models.generative.pretrained_networks import digit_classifier
from models.parameter_count import parameter_count
from models.seeding import generator

TEST_POINTS = 4000
REACH, CELLS = 2.5, 11
SPAN = torch.linspace(-REACH + 0.25, REACH - 0.25, CELLS)
PLACES = torch.cartesian_prod(SPAN, SPAN)
TESTED = torch.linspace(0.0, 2.0, 17)
"""Noise at which errors are measured, as a multiple of the noise in training."""


class NoiseRemovalControls(Controls):
    sigma: Literal[0.2, 0.3, 0.4, 0.5, 0.6, 0.8] = Field(0.5, title="Noise in training, σ")  # type: ignore[valid-type]  # pydantic takes them
    target: Target = Field("the clean input", title="What is to be reconstructed")
    activation: Activation = Field("tanh", title="Activation, in the plane")
    tested: Literal[0.25, 0.5, 1.0, 1.5, 2.0] = Field(  # type: ignore[valid-type]  # pydantic takes them
        1.0, title="Noise of the digits shown", description="As a multiple of the noise in training"
    )
    drawing: Drawing = Field("example 0", title="Your digit")
    longer: Literal[1, 2, 4] = Field(1, title="Training, times as long", json_schema_extra=MORE)


class NoiseRemovalResult(NamedTuple):
    controls: NoiseRemovalControls
    mixture: Mixture
    part: int  # of both trainings, done
    placed: Tensor  # (G, 2) reconstructions of the places
    learned: Tensor  # (G, 2) score from the correction
    exact: Tensor  # (G, 2) score of the noisy data
    noisy: Tensor  # (N, 2) held-out points with noise
    estimated: Tensor  # (N, 2) score from the correction at these
    errors: Tensor  # (M,) root of the squared error per coordinate at each noise of TESTED
    lowest: Tensor  # (M,) that of the best reconstruction
    untouched: Tensor  # (M,) that of the noisy points themselves
    clean: Tensor  # (Q, 64) held-out digits; the last is the visitor's
    noised: Tensor  # (Q, 64)
    restored: Tensor  # (Q, 64)
    y: Tensor  # (Q − 1,)
    read: Tensor  # (3, Q) the judge's digit for the clean, noisy and restored ones
    parameters: int


def run(controls: NoiseRemovalControls, device: str) -> Iterator[NoiseRemovalResult]:
    """On the CPU whatever the device: batches of 128 small images keep no other one busy."""
    given = -PAUSE_SECONDS
    for part in range(1, PARTS + 1):
        plane, pictures = (course(lesson, part).network for lesson in lessons_of(controls))
        if part == PARTS or time.perf_counter() - given > PAUSE_SECONDS:
            yield _result(controls, part, plane, pictures)
            given = time.perf_counter()


def lessons_of(c: NoiseRemovalControls) -> tuple[Lesson, Lesson]:
    """That of the plane and that of the digits."""
    plane = Lesson("plane", c.sigma, c.target, c.activation, c.longer, c.seed)
    return plane, plane._replace(world="digits", activation="silu")


@torch.no_grad()
def _result(
    c: NoiseRemovalControls, part: int, plane: DenoisingAutoencoder, pictures: DenoisingAutoencoder
) -> NoiseRemovalResult:
    mixture, draws, held_out = mixture_of(), generator(c.seed + 2), digits()[1]
    placed = plane(PLACES)[0]  # (G, 2)
    x, _ = sample(mixture, TEST_POINTS, draws)
    noise = torch.randn(TEST_POINTS, 2, generator=draws)
    noisy = corrupted(x, noise, c.sigma)
    errors, lowest, untouched = [], [], []
    for multiple in TESTED.tolist():
        tested = corrupted(x, noise, multiple * c.sigma)
        errors.append(denoising_error(x, plane(tested)[0]))
        lowest.append(denoising_error(x, best_reconstruction(mixture, tested, multiple * c.sigma)))
        untouched.append(denoising_error(x, tested))
    own = 2 * read_drawing(c.drawing).flatten()[None] - 1  # (1, 64)
    clean = torch.cat([held_out.images.flatten(1), own])  # (Q, 64)
    noised = corrupted(clean, torch.randn(clean.shape, generator=draws), c.tested * c.sigma)
    restored = pictures(noised)[0]
    read = torch.stack([judged(digit_classifier(), each).argmax(-1) for each in (clean, noised, restored)])
    return NoiseRemovalResult(
        c, mixture, part, placed, score_from_correction(PLACES, placed, c.sigma),
        score(smoothed(mixture, c.sigma), PLACES), noisy, score_from_correction(noisy, plane(noisy)[0], c.sigma),
        torch.stack(errors).sqrt(), torch.stack(lowest).sqrt(), torch.stack(untouched).sqrt(),
        clean, noised, restored, held_out.labels, read,
        parameter_count(plane) + parameter_count(pictures),
    )  # fmt: skip


def _share(off: Tensor, exact: Tensor) -> float:
    """Mean square of ``off`` over that of ``exact``, in per cent."""
    return 100 * (off.square().sum() / exact.square().sum()).item()


def measure(result: NoiseRemovalResult) -> Measurements:
    r, sigma = result, result.controls.sigma
    exact, of_clean = score(smoothed(r.mixture, sigma), r.noisy), score(r.mixture, r.noisy)
    at = int((TESTED - 1.0).abs().argmin())
    kept, noise = r.restored[:-1] - r.clean[:-1], r.noised[:-1] - r.clean[:-1]
    read = 100 * (r.read[:, :-1] == r.y).float().mean(-1)  # (3,)
    return {
        "score_error_percent": _share(r.estimated - exact, exact),
        "cosine": torch.cosine_similarity(r.estimated, exact, dim=-1).mean().item(),
        "correction_percent": _share(r.estimated, exact) ** 0.5 * 10,
        "clean_score_error_percent": _share(r.estimated - of_clean, of_clean),
        "above_lowest_percent": 100 * ((r.errors[at] / r.lowest[at]) ** 2 - 1).item(),
        "digit_error_left_percent": _share(kept, noise),
        "noisy_read_percent": read[1].item(),
        "restored_read_percent": read[2].item(),
        "read_gain_points": (read[2] - read[1]).item(),
    }
