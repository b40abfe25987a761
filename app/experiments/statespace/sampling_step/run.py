"""A trained layer hears the same sounds at another sampling rate, and one mode is stepped by several rules."""

import copy
import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.tones import PITCHES, SAMPLES, tones
from models.seeding import generator
from models.statespace.classifiers import ToneClassifier
from models.statespace.discretization import RULES, Discrete, both_ends, stepped
from models.statespace.single_mode import held_solution, smooth_input, smooth_solution
from models.training.cells import TRAININGS
from models.training.tones import pretrained

SOUNDS = 240
MODE = -0.5 + 3.0j
SECONDS = 8.0
STEPS = (0.4, 0.2, 0.1, 0.05, 0.025)
"""Of which the slope of the error is taken from the last two."""

FACTORS = (0.5, 2**-0.5, 1.0, 2**0.5, 2.0, 2**1.5, 4.0, 2**2.5)
"""What the trained Δ is multiplied by in the figure."""

Rate = Literal["as trained", "half", "a quarter", "double"]
RATES: dict[Rate, float] = {"as trained": 1.0, "half": 0.5, "a quarter": 0.25, "double": 2.0}

Rule = Literal["zero-order hold", "bilinear", "bilinear, both ends", "forward Euler", "exact Ā, simple B̄"]
OF_SAMPLES: tuple[Rule, ...] = (
    "zero-order hold",
    "bilinear",
    "bilinear, both ends",
    "forward Euler",
    "exact Ā, simple B̄",
)
Between = Literal["stands still", "goes on smoothly"]


class StepControls(Controls):
    rate: Rate = Field("half", title="Sampling rate of the sounds")
    delta: Literal["follows the rate", "kept"] = Field("follows the rate", title="Δ of the trained layer")
    rule: Rule = Field("zero-order hold", title="Rule")
    step: float = Field(0.25, ge=0.05, le=1.0, multiple_of=0.05, title="Δ of the single mode", description="Seconds")
    between: Between = Field("stands still", title="Input of the mode between samples")


class StepResult(NamedTuple):
    controls: StepControls
    along: Mapping[Rate, list[float]]  # rate → accuracy at each factor of Δ
    heard: Tensor  # (4, 4) share of each pitch (row) heard as each pitch
    time: Tensor  # (S,) of the samples
    u: Tensor  # (S,)
    truth: Tensor  # (S,) complex
    step: Discrete
    x: Tensor  # (S,) complex
    errors: dict[Rule, list[float]]  # on smooth input, at each of STEPS
    parameters: int


def with_step(training: int, factor: float, rule: Rule, device: str) -> ToneClassifier:
    """The trained classifier with every Δ multiplied, under that rule."""
    model = copy.deepcopy(pretrained(training, device))
    model.layer.log_delta.data += math.log(factor)
    model.layer.rule = RULES.get(rule, RULES["bilinear"])
    return model


@memo
@torch.inference_mode()
def heard_as(rate: float, factor: float, rule: Rule, seed: int, device: str) -> Tensor:
    """The share of each pitch (row) that is heard as each pitch: (4, 4)."""
    sounds = tones(SOUNDS, generator(seed + 1), round(SAMPLES * rate))
    guess = with_step(seed % TRAININGS, factor, rule, device)(sounds.u.to(device))[0].argmax(dim=-1).cpu()
    count = torch.zeros(len(PITCHES), len(PITCHES)).index_put_(
        (sounds.classes, guess), torch.ones(SOUNDS), accumulate=True
    )  # fmt: skip
    return count / count.sum(dim=1, keepdim=True)


def accuracy(heard: Tensor) -> float:
    """The share named rightly, every pitch counted alike."""
    return heard.diagonal().mean().item()


def by_rule(rule: Rule, u: Tensor, delta: float) -> tuple[Discrete, Tensor]:
    """One step of the mode, and its states (S,)."""
    a, b = (torch.tensor([value], dtype=torch.cdouble) for value in (MODE, 1.0))
    step = RULES.get(rule, RULES["bilinear"])(a, b, torch.tensor([delta], dtype=torch.double))
    return step, (both_ends if rule == "bilinear, both ends" else stepped)(step, u)[:, 0]


def instants(delta: float) -> Tensor:
    """kΔ up to the end: (S,)."""
    return delta * torch.arange(1, round(SECONDS / delta) + 1, dtype=torch.double)


@memo
def smooth_errors() -> dict[Rule, list[float]]:
    """Root mean square error of each rule on the smooth input, at each of STEPS."""
    found: dict[Rule, list[float]] = {}
    for rule in OF_SAMPLES:
        found[rule] = []
        for delta in STEPS:
            time = instants(delta)
            off = by_rule(rule, smooth_input(time), delta)[1] - smooth_solution(MODE, time)
            found[rule].append(off.abs().square().mean().sqrt().item())
    return found


@torch.inference_mode()
def run(controls: StepControls, device: str) -> StepResult:
    c = controls
    rate = RATES[c.rate]
    rates = {"as trained": 1.0, c.rate: rate}
    along = {
        name: [accuracy(heard_as(own, factor, c.rule, c.seed, device)) for factor in FACTORS]
        for name, own in rates.items()
    }  # fmt: skip
    factor = 1 / rate if c.delta == "follows the rate" else 1.0
    time = instants(c.step)
    u = smooth_input(time)
    step, x = by_rule(c.rule, u, c.step)
    stands = c.between == "stands still"
    truth = held_solution(MODE, u, c.step) if stands else smooth_solution(MODE, time)
    return StepResult(
        c, along, heard_as(rate, factor, c.rule, c.seed, device), time, u, truth, step, x, smooth_errors(),
        sum(weight.numel() for weight in pretrained(c.seed % TRAININGS, device).parameters()),
    )  # fmt: skip


def measure(result: StepResult) -> Measurements:
    c, heard = result.controls, result.heard
    errors = result.errors[c.rule]
    off = (result.x - result.truth).abs()
    size = result.truth.abs().square().mean().sqrt()
    return {
        "rate_over_trained": RATES[c.rate],
        "accuracy": accuracy(heard),
        "accuracy_as_trained": accuracy(heard_as(1.0, 1.0, c.rule, c.seed, "cpu")),
        "accuracy_kept": accuracy(heard_as(RATES[c.rate], 1.0, c.rule, c.seed, "cpu")),
        "octave_up": torch.tensor([heard[pitch, pitch + 1] for pitch in range(len(PITCHES) - 1)]).mean().item(),
        "mode_error_share": (off.square().mean().sqrt() / size).item(),
        "largest_state": result.x.abs().max().item(),
        "input_stands": float(c.between == "stands still"),
        "growth_per_step": result.step.kept.abs().item(),
        "error_order": math.log2(errors[-2] / errors[-1]),
    }
