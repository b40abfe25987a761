"""Gradients of a trained neural ODE by the adjoint method, against backpropagation through a fine solver."""

import math
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.energy.backward_solve.gradients import Measured, Solved, Way, problem, solve
from models.parameter_count import parameter_count

POWERS = (2, 3, 4, 5, 6, 7)


class BackwardControls(Controls):
    tolerance: int = Field(5, ge=2, le=7, title="Tolerance", description="n: 10 to the power −n, both ways")
    contraction: float = Field(
        0.0, ge=0, le=10, multiple_of=1, title="Contraction λ", description="Added to the trained field: −λ z"
    )
    stored: int = Field(0, ge=0, le=16, title="Stored states", description="Of the forward solve, evenly along it")
    way: Way = Field("recomputed backwards", title="State on the way back")


class BackwardResult(NamedTuple):
    controls: BackwardControls
    start: Tensor  # (P, 2)
    solved: Solved
    along: list[Measured]  # at each of POWERS
    parameters: int


def run(controls: BackwardControls, device: str) -> BackwardResult:
    """On the CPU whatever the device: 32 points keep no other one busy."""
    c = controls
    with torch.enable_grad():
        given = (c.contraction, c.stored, c.way, c.seed)
        along = [solve(power, *given).measured for power in POWERS]
        made = problem(c.contraction, c.seed)
        return BackwardResult(c, made.z, solve(c.tolerance, *given), along, parameter_count(made.model))


def digits(relative: float) -> float:
    """How many decimal digits are right: −log₁₀ of a relative error, at most 16."""
    return -math.log10(max(relative, 1e-16))


def measure(result: BackwardResult) -> Measurements:
    found = result.solved.measured
    return {
        "tolerance_exponent": result.controls.tolerance,
        "weight_gradient_error_percent": 100 * found.weights,
        "input_gradient_error_percent": 100 * found.inputs,
        "weight_gradient_cosine": found.cosine,
        "start_drift_percent": 100 * found.drift,
        "start_digits": digits(found.drift),
        "weight_gradient_digits": digits(found.weights),
        "input_gradient_digits": digits(found.inputs),
        "backpropagation_kilobytes": found.backpropagation_bytes / 1000,
        "adjoint_kilobytes": found.adjoint_bytes / 1000,
        "bytes_ratio": found.backpropagation_bytes / found.adjoint_bytes,
        "evaluations_forwards": result.solved.forward.evaluations,
        "evaluations_backwards": result.solved.backward.evaluations,
    }
