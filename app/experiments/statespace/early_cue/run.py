"""A trained layer answers for a cue that is 100 steps old; some of its modes can be made to forget."""

import copy
import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.early_cue import CUE_FROM, CUE_TO, DISTRACTORS_FROM, STEPS, Cued, early_cue
from models.seeding import generator
from models.statespace.classifiers import LastStepReader
from models.statespace.linear_ssm import by_fft, by_fft_without_zeros, convolved, mode_kernels, recurrent
from models.statespace.s4d import S4DTrace
from models.training.cells import TRAININGS
from models.training.early_cue import MODES, SNAPSHOTS, pretrained

ROWS, EXAMPLES = 1000, 10
FORGETS = 10.0
"""Steps: the half-life that modes are given."""

LONG = 100
"""Steps: a mode with a longer half-life has kept more than half of what it got when the cue came."""

CUE_AGES = slice(STEPS - CUE_TO, STEPS - CUE_FROM)
DISTRACTOR_AGES = slice(0, STEPS - DISTRACTORS_FROM)

Change = Literal["none", "slow half forgets", "fast half forgets", "common mean decay"]
Form = Literal["with zeros behind", "without zeros"]
FORMS = {"with zeros behind": by_fft, "without zeros": by_fft_without_zeros}


class EarlyCueControls(Controls):
    change: Change = Field(
        "none", title="Decays of the trained layer", description=f"Forgets: half-life {FORGETS:.0f} steps"
    )
    trained: int = Field(
        len(SNAPSHOTS) - 1, ge=0, le=len(SNAPSHOTS) - 1, title="Point of the training",
        description=f"0: before; {len(SNAPSHOTS) - 1}: after {SNAPSHOTS[-1]} steps",
    )  # fmt: skip
    form: Form = Field("with zeros behind", title="FFT", description="Of the sequence and the kernel")
    example: int = Field(0, ge=0, le=EXAMPLES - 1, title="Sequence shown", description="One of ten held-out ones")


class EarlyCueResult(NamedTuple):
    controls: EarlyCueControls
    shown: Cued  # (1, T)
    system: S4DTrace
    half_lives: Tensor  # (N,) steps
    carried: Tensor  # (N,) mean size of each mode's kernel at the ages of cues
    outputs: dict[str, Tensor]  # form → (1, T)
    differences: Tensor  # (T,) largest difference of the FFT from the recurrence at each step, ten sequences
    largest_output: float
    sum_difference: float  # of the sum over pairs from the recurrence
    accuracy: float
    parameters: int


def half_lives(system: S4DTrace) -> Tensor:
    """ln 2 / (Δ · decay): steps after which each mode has lost half of what it got.  (N,)"""
    return math.log(2) / (-system.a.real * system.delta)[0]


def altered(model: LastStepReader, change: Change) -> LastStepReader:
    """The layer itself, or a copy with other decays; frequencies, C and Δ stay."""
    if change == "none":
        return model
    changed = copy.deepcopy(model)
    decay = changed.layer.log_decay.data[0]
    slowest_first = decay.argsort()
    if change == "common mean decay":
        decay[:] = decay.exp().mean().log()
    else:
        chosen = slowest_first[: MODES // 2] if change == "slow half forgets" else slowest_first[MODES // 2 :]
        decay[chosen] = math.log(math.log(2) / FORGETS) - changed.layer.log_delta.data[0]
    return changed


@memo
def held_out(seed: int) -> Cued:
    return early_cue(ROWS, generator(seed + 1))


@torch.inference_mode()
def run(controls: EarlyCueControls, device: str) -> EarlyCueResult:
    c = controls
    model = altered(pretrained(c.seed % TRAININGS, c.trained, device), c.change)
    told = held_out(c.seed)
    u = told.u.to(device)
    system = model.layer.system(STEPS)
    K, step, read = system.kernel[0], system.step, system.c[0]
    fft = FORMS[c.form]
    direct = model.layer.skip_weight * u[:, -1]  # what the last step adds by itself
    answers = fft(u, K)[:, -1] + direct > 0
    some = u[:EXAMPLES]
    by_steps, by_form = recurrent(some, step.kept[0], step.taken[0], read), fft(some, K)
    outputs = {"recurrence": by_steps, "FFT": by_form}
    return EarlyCueResult(
        c,
        Cued(*(part[c.example : c.example + 1] for part in told)),
        system,
        half_lives(system),
        2 * mode_kernels(step.kept[0], step.taken[0], read, STEPS)[:, CUE_AGES].abs().mean(dim=-1),
        {name: y[c.example : c.example + 1] for name, y in outputs.items()},
        (by_form - by_steps).abs().amax(dim=0),
        by_steps.abs().max().item(),
        (convolved(some, K) - by_steps).abs().max().item(),
        (answers.long().cpu() == told.classes).float().mean().item(),
        sum(weight.numel() for weight in model.parameters()),
    )


def measure(result: EarlyCueResult) -> Measurements:
    K = result.system.kernel[0].abs()
    at_cues, at_distractors = K[CUE_AGES].mean().item(), K[DISTRACTOR_AGES].mean().item()
    return {
        "accuracy": result.accuracy,
        "weight_at_cues": at_cues,
        "weight_at_distractors": at_distractors,
        "weight_ratio": at_cues / max(at_distractors, 1e-12),
        "long_modes": float((result.half_lives > LONG).sum()),
        "shortest_half_life_steps": result.half_lives.min().item(),
        "longest_half_life_steps": result.half_lives.max().item(),
        "largest_difference_share": result.differences.max().item() / result.largest_output,
        "last_step_difference_share": result.differences[-1].item() / result.largest_output,
        "sum_difference_share": result.sum_difference / result.largest_output,
        "state_numbers": 2.0 * MODES,
    }
