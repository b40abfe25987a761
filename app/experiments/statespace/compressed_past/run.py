"""The past of a smooth signal is kept in a few numbers by several systems, and rebuilt by the best linear decoder."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.smooth_signals import smooth_signals
from models.seeding import generator
from models.statespace.hippo import (
    System,
    fitted_decoder,
    fourier,
    held_input,
    in_another_basis,
    legendre,
    memory,
    random_rotation,
    random_stable,
    rebuilt,
    scaled_hippo,
    window_hippo,
)

WINDOW, SAMPLES = 200, 300
"""Samples to be rebuilt, and those that the system reads in all."""

SIGNALS = 200
"""As many to fit a decoder on, and as many to test it."""

SPEEDS = (0.5, 1, 2, 4, 8, 16, 32)
"""What A and B are multiplied by; each system gets the one with which it fits best."""

Name = Literal["window HiPPO", "scaled HiPPO", "Fourier", "random rotation", "random stable", "HiPPO, other basis"]
SYSTEMS: dict[Name, Callable[[int, int], System]] = {
    "window HiPPO": lambda N, seed: window_hippo(N),
    "HiPPO, other basis": lambda N, seed: in_another_basis(window_hippo(N), seed),
    "scaled HiPPO": lambda N, seed: scaled_hippo(N),
    "Fourier": lambda N, seed: fourier(N),
    "random rotation": random_rotation,
    "random stable": random_stable,
}  # fmt: skip


class PastControls(Controls):
    system: Name = Field("window HiPPO", title="Matrix A")
    size: int = Field(16, ge=4, le=32, multiple_of=4, title="Numbers kept", description="Size N of the state")
    cycles: int = Field(4, ge=1, le=16, title="Cycles per window", description="The highest frequency of the signal")
    noise: float = Field(
        0.001, ge=0, le=0.1, multiple_of=0.001, title="Noise on each number", description="Share of its usual size"
    )
    example: int = Field(0, ge=0, le=9, title="Signal shown", json_schema_extra=MORE)


class Rebuilt(NamedTuple):
    """What one system keeps, at the speed with which it fits best."""

    speed: float
    step: System
    x: Tensor  # (SIGNALS, N) states with noise, each number over its usual size
    usual: Tensor  # (N,) usual size of each number
    decoder: Tensor  # (N, WINDOW)
    error: float  # held-out, share of the signals' root mean square


class PastResult(NamedTuple):
    controls: PastControls
    past: Tensor  # (SIGNALS, WINDOW) held-out signals, the newest sample first
    found: dict[Name, Rebuilt]
    own_error: float  # of window HiPPO read with its Legendre polynomials
    parameters: int


@memo
def signals(cycles: int, seed: int) -> Tensor:
    """(2 · SIGNALS, SAMPLES), the newest sample first."""
    return smooth_signals(2 * SIGNALS, SAMPLES, cycles / WINDOW, generator(seed))


def error_of(guess: Tensor, truth: Tensor) -> float:
    return ((guess - truth).square().mean() / truth.square().mean()).sqrt().item()


def at_speed(system: System, speed: float, u: Tensor, noise: float, seed: int) -> tuple[float, Rebuilt]:
    """The error on the signals that the decoder is fitted on, and what was found."""
    step = held_input(System(speed * system.A, speed * system.B), 1 / WINDOW)
    x = u @ memory(step, SAMPLES).T  # (2M, N)
    usual = x[:SIGNALS].square().mean(dim=0).sqrt().clamp(min=1e-12)  # (N,)
    x = x / usual + noise * torch.randn(x.shape, generator=generator(seed), dtype=x.dtype)
    past = u[:, :WINDOW]
    decoder = fitted_decoder(x[:SIGNALS], past[:SIGNALS])
    held_out = Rebuilt(
        speed, step, x[SIGNALS:], usual, decoder, error_of(rebuilt(x[SIGNALS:], decoder), past[SIGNALS:])
    )
    return error_of(rebuilt(x[:SIGNALS], decoder), past[:SIGNALS]), held_out


@memo
@torch.inference_mode()
def rebuilt_by(name: Name, size: int, cycles: int, noise: float, seed: int) -> Rebuilt:
    """The system at its best speed."""
    system, u = SYSTEMS[name](size, seed), signals(cycles, seed)
    return min((at_speed(system, speed, u, noise, seed) for speed in SPEEDS), key=lambda tried: tried[0])[1]


@torch.inference_mode()
def run(controls: PastControls, device: str) -> PastResult:
    c = controls
    found = {name: rebuilt_by(name, c.size, c.cycles, c.noise, c.seed) for name in SYSTEMS}
    u = signals(c.cycles, c.seed)
    _, window = at_speed(window_hippo(c.size), 1, u, c.noise, c.seed)
    age = (torch.arange(WINDOW, dtype=torch.double) + 0.5) / WINDOW
    past = u[SIGNALS:, :WINDOW]
    own = rebuilt(window.x * window.usual, legendre(c.size, age).T)
    return PastResult(c, past, found, error_of(own, past), 0)


def measure(result: PastResult) -> Measurements:
    c, found, current = result.controls, result.found, result.found[result.controls.system]
    return {
        "as_stated": float(c.size == 16 and c.cycles <= 4),
        "cycles_per_window": float(c.cycles),
        "error": current.error,
        "speed": float(current.speed),
        "window_error": found["window HiPPO"].error,
        "scaled_error": found["scaled HiPPO"].error,
        "fourier_error": found["Fourier"].error,
        "rotation_error": found["random rotation"].error,
        "random_error": found["random stable"].error,
        "other_basis_error": found["HiPPO, other basis"].error,
        "own_decoder_error": result.own_error,
        "own_over_fitted": result.own_error / max(found["window HiPPO"].error, 1e-12),
    }
