"""Digits drawn at several guidance scales, and a line on which the density that guidance should reach is known."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.denoiser import Denoiser, T, trained_alpha_bar
from models.generative.diffusion import NoisePredictor, ddim_step, guided, noise_from_velocity, reverse
from models.generative.digit_judge import class_accuracy, judged
from models.generative.distances import mean_pair_distances
from models.generative.mixtures import Mixture, log_density
from models.generative.noise_schedule import strided
from models.generative.pretrained_networks import digit_classifier
from models.generative.tilted import guided_noise, largest_gap, noise_of_grid, tilted
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.small_denoisers import TRAININGS, pretrained

SHOWN_SCALES, SCALES = (0, 1, 2, 4, 8), (0, 1, 2, 4)
COLUMNS, A_CLASS, DIGIT_STEPS = 10, 4, 10
POINTS = 400

SPACING = 0.025
GRID = torch.arange(-200, 201) * SPACING
OF_CLASS = Mixture(torch.tensor([0.5, 0.5]), torch.tensor([[0.2], [1.6]]), torch.full((2,), 0.35**2))
OF_ALL = Mixture(torch.full((4,), 0.25), torch.tensor([[0.2], [1.6], [-0.2], [-1.6]]), torch.full((4,), 0.35**2))
"""On the line: the class has two peaks, of which one overlaps with a peak of the other class, its mirror image."""

Passes = Literal[
    "class, no class", "the class in both (a mistake)", "the two swapped (a mistake)", "class, another class"
]
NETWORKS = {"transformer": "patch 2", "U-Net": "U-Net"}


class GuidanceControls(Controls):
    guidance: float = Field(4.0, ge=0, le=8, multiple_of=0.5, title="Guidance on the line", description="s; 1 is none")
    digit: int = Field(2, ge=0, le=9, title="Digit asked for", description="In the sheet of samples")
    passes: Passes = Field("class, no class", title="What the two passes are given")
    network: Literal["transformer", "U-Net"] = Field("transformer", title="Denoiser")
    line_noise: Literal["guided", "of the tilted density"] = Field(
        "guided", title="Noise predicted on the line", description="Mixed from two exact predictions, or exact for q"
    )
    line_steps: int = Field(50, ge=10, le=200, multiple_of=10, title="Steps on the line", json_schema_extra=MORE)


class Drawn(NamedTuple):
    """Digits of all classes at one scale, from each of the trained networks."""

    accuracy: Tensor  # (N,) share that the judge takes for the digit asked for
    variety: Tensor  # (N, 10) mean distance of two samples of a class, over that of two real ones


class Line(NamedTuple):
    log_all: Tensor  # (G,)
    log_class: Tensor  # (G,)
    tilted: Tensor  # (G,) q
    points: Tensor  # (P, 1) as sampled
    gap: float  # largest difference of the two distribution functions
    shift: float  # mean of the points above that of q


class GuidanceResult(NamedTuple):
    controls: GuidanceControls
    sheet: Tensor  # (S, K, 1, 8, 8) one digit at each of SHOWN_SCALES from the same K noises
    drawn: dict[int, Drawn]  # scale → what is measured; not all at once
    line: Line
    parameters: int


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


def sampled(model: Denoiser, label: Tensor, passes: Passes, scale: int, seed: int) -> Tensor:
    """One digit per label, by DDIM.  (B, 1, 8, 8)"""
    draws = generator(seed)
    noise = torch.randn(len(label), 1, 8, 8, generator=draws).to(label.device)
    predict = mixed_passes(model, label, passes, scale)
    *_, last = reverse(predict, noise, trained_alpha_bar(), strided(T, DIGIT_STEPS), ddim_step, draws, 1.0)
    return last.x


@memo
def real_distances(device: str) -> Tensor:
    held_out = digits()[1]
    return mean_pair_distances(held_out.images.flatten(1), held_out.labels).to(device)


@memo
@torch.inference_mode()
def drawn_at(scale: int, passes: Passes, network: str, seed: int, device: str) -> Drawn:
    label = torch.arange(10, device=device).repeat(A_CLASS)
    judge = digit_classifier(device)
    accuracy, variety = [], []
    for training in range(TRAININGS):
        x = sampled(pretrained(NETWORKS[network], training, device), label, passes, scale, seed + training)
        accuracy.append(class_accuracy(judged(judge, x), label))
        variety.append(mean_pair_distances(x.flatten(1), label) / real_distances(device))
    return Drawn(torch.tensor(accuracy), torch.stack(variety))


@memo
@torch.inference_mode()
def on_the_line(scale: float, noise: str, steps: int, seed: int) -> Line:
    """Points led from noise by the best possible predictions; their starts are spread evenly, each moved at random."""
    log_all, log_class = (log_density(one, GRID[:, None]) for one in (OF_ALL, OF_CLASS))
    q = tilted(log_all, log_class, scale, SPACING)
    alpha_bar, draws = trained_alpha_bar(), generator(seed)

    def predict(x: Tensor, t: int) -> Tensor:
        a = alpha_bar[t].item()
        return guided_noise(x, OF_CLASS, OF_ALL, scale, a) if noise == "guided" else noise_of_grid(x, GRID, q, a)

    shares = (torch.arange(POINTS) + torch.rand(POINTS, generator=draws).clamp(1e-3, 1 - 1e-3)) / POINTS  # (P,)
    start = torch.special.ndtri(shares.double()).float()[:, None]  # (P, 1)
    *_, last = reverse(predict, start, alpha_bar, strided(T, steps), ddim_step, draws)
    gap, shift = largest_gap(last.x, GRID, q).item(), last.x.mean() - (q * GRID).sum() * SPACING
    return Line(log_all, log_class, q, last.x, gap, shift.item())


@memo
@torch.inference_mode()
def sheet_of(digit: int, passes: Passes, network: str, seed: int, device: str) -> Tensor:
    label = torch.full((COLUMNS,), digit, device=device)
    model = pretrained(NETWORKS[network], 0, device)
    return torch.stack([sampled(model, label, passes, scale, seed) for scale in SHOWN_SCALES])


def run(controls: GuidanceControls, device: str) -> Iterator[GuidanceResult]:
    """The sheet and the line at once, then the measurements over many digits, one scale after the other."""
    c, done = controls, dict[int, Drawn]()
    network = pretrained(NETWORKS[c.network], 0, device)
    assert isinstance(network, torch.nn.Module)
    result = GuidanceResult(
        c,
        sheet_of(c.digit, c.passes, c.network, c.seed, device),
        done,
        on_the_line(c.guidance, c.line_noise, c.line_steps, c.seed),
        parameter_count(network),
    )
    yield result
    for scale in SCALES:
        done[scale] = drawn_at(scale, c.passes, c.network, c.seed, device)
        yield result._replace(drawn=dict(done))


def measure(result: GuidanceResult) -> Measurements:
    line = {"line_gap": result.line.gap, "line_shift": result.line.shift, "guidance": result.controls.guidance}
    if len(result.drawn) < len(SCALES):
        return line
    plain, strong = result.drawn[1], result.drawn[4]
    kept = strong.variety.mean(dim=0) / plain.variety.mean(dim=0)  # (10,)
    return line | {
        "accuracy_at_1": plain.accuracy.mean().item(),
        "accuracy_at_4": strong.accuracy.mean().item(),
        "accuracy_gain": (strong.accuracy - plain.accuracy).mean().item(),
        "variety_at_1": plain.variety.mean().item(),
        "variety_at_4": strong.variety.mean().item(),
        "variety_4_over_1": (strong.variety.mean() / plain.variety.mean()).item(),
        "digit_keeping_most": float(kept.argmax()),
    }
