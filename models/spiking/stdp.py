"""Spike-timing-dependent plasticity: a synapse is strengthened if its input came just before the neuron fired.

Papers: Bi and Poo 1998 (measured); Masquelier, Guyonneau and Thorpe 2008, "Spike Timing Dependent Plasticity Finds the
Start of Repeating Patterns in Continuous Spike Trains" (this rule: nearest spikes only, weights kept between 0 and 1).

Symbols
    R  neurons side by side, each with its own inputs      T  steps of 1 ms      N  inputs
    w  weights      x  input spikes      Δt  time of firing minus time of the input, ms
    a  height of the strengthening      b  height of the weakening over a      τ+, τ−  widths of the window, ms
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

MEMBRANE, BEFORE, AFTER = 10.0, 17.0, 34.0
"""Time constants in ms: of the membrane, τ+ and τ−."""


class Rule(NamedTuple):
    """How strongly a pair of spikes changes a weight, and the voltage at which the neuron fires."""

    a: Tensor  # (R,)
    b: Tensor  # (R,)
    threshold: Tensor  # (R,)


class Plastic(NamedTuple):
    """The run of a neuron that learns."""

    spikes: Tensor  # (R, T)
    weights: Tensor  # (P, R, N) at the start and after every part


def window(dt: Tensor, a: float, b: float) -> Tensor:
    """Δw = a exp(−Δt/τ+) for Δt ≥ 0, −a b exp(Δt/τ−) for Δt < 0"""
    return torch.where(dt >= 0, a * torch.exp(-dt / BEFORE), -a * b * torch.exp(dt / AFTER))


def faded(trace: Tensor, width: float) -> Tensor:
    """z ← z exp(−1/τ): what is left of the memory of a spike, one step later."""
    return trace * math.exp(-1 / width)


def weakened(w: Tensor, x: Tensor, since_fired: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """w ← max(0, w − a b z) for inputs that spike after the neuron fired; z is 1 at its spike.  (R, N)"""
    return (w - (a * b)[:, None] * since_fired * x).clamp_min(0)


def strengthened(w: Tensor, fired: Tensor, since_input: Tensor, a: Tensor) -> Tensor:
    """w ← min(1, w + a z) when the neuron fires; z is 1 at an input's spike.  (R, N)"""
    return (w + a[:, None] * since_input * fired[:, None]).clamp_max(1)


def learn(x: Tensor, rule: Rule, start: float, parts: int) -> Plastic:
    """The neurons read their inputs (R, T, N), with all weights at ``start``; hard reset."""
    R, T, N = x.shape
    w = torch.full((R, N), start)  # (R, N)
    v = torch.zeros(R)  # (R,)
    since_input = torch.zeros(R, N)  # (R, N)
    since_fired = torch.zeros(R, N)  # (R, N)
    spikes = torch.zeros(R, T)  # (R, T)
    kept = [w]
    for t in range(T):
        now = x[:, t].to(w.dtype)  # (R, N)
        v = faded(v, MEMBRANE) + (w * now).sum(1)  # (R,)
        since_input = torch.maximum(faded(since_input, BEFORE), now)  # (R, N)
        since_fired = faded(since_fired, AFTER)  # (R, N)
        w = weakened(w, now, since_fired, rule.a, rule.b)  # (R, N)
        since_fired = since_fired * (1 - now)  # (R, N)
        fired = (v >= rule.threshold).to(w.dtype)  # (R,)
        if fired.any():
            w = strengthened(w, fired, since_input, rule.a)  # (R, N)
            since_fired = torch.maximum(since_fired, fired[:, None])  # (R, N)
            v = v * (1 - fired)  # (R,)
            spikes[:, t] = fired
        if (t + 1) * parts % T < parts:
            kept.append(w)
    return Plastic(spikes, torch.stack(kept))


def read(x: Tensor, w: Tensor, threshold: float) -> Tensor:
    """Spikes of one neuron with fixed weights (N,) for inputs (T, N): learning is off.  (T,)"""
    drive, beta, v = (x @ w).tolist(), math.exp(-1 / MEMBRANE), 0.0
    spikes = torch.zeros(len(drive))  # (T,)
    for t, step in enumerate(drive):
        v = beta * v + step
        if v >= threshold:
            spikes[t], v = 1.0, 0.0
    return spikes
