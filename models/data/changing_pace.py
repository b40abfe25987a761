"""A quantity that is nearly still for a while and then moves quickly, measured with noise at uneven times.

Symbols
    B  sequences      T  measurements      y  the quantity (B, T)      Δ  seconds since the last measurement (B, T)
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

Flag = Literal["true", "inverted", "unrelated"]

RATES = (0.02, 4.0)
"""How fast the quantity forgets where it was, per second: quiet, busy."""

STRETCH = 14
"""Measurements for which a pace lasts, on average."""

NOISE, MEAN_GAP = 1.0, 0.25


class Paced(NamedTuple):
    """Sequences; ``x`` holds the measurement and the flag, both scaled to about 0 to 1."""

    x: Tensor  # (B, T, 2)
    elapsed: Tensor  # (B, T)
    y: Tensor  # (B, T)
    busy: Tensor  # (B, T) 1 in busy stretches


def paced(B: int, T: int, draws: torch.Generator, flag: Flag = "true") -> Paced:
    """``flag``: told in busy stretches, in quiet ones, or in those of another sequence."""
    change = torch.rand(B, T, generator=draws) < 1 / STRETCH  # (B, T)
    busy = (change.cumsum(1) + torch.randint(2, (B, 1), generator=draws)) % 2  # (B, T)
    elapsed = MEAN_GAP * (0.4 + 1.2 * torch.rand(B, T, generator=draws))  # (B, T)
    kept = torch.exp(-torch.where(busy > 0, RATES[1], RATES[0]) * elapsed)  # (B, T)
    noise = torch.randn(B, T, generator=draws)  # (B, T)
    y = [torch.randn(B, generator=draws)]
    for t in range(1, T):
        y.append(kept[:, t] * y[-1] + (1 - kept[:, t] ** 2).sqrt() * noise[:, t])
    truth = torch.stack(y, 1)  # (B, T)
    seen = truth + NOISE * torch.randn(B, T, generator=draws)  # (B, T)
    told = {"true": busy, "inverted": 1 - busy, "unrelated": busy.roll(1, 0)}[flag].float()  # (B, T)
    return Paced(torch.stack([0.5 + seen / 5, told], -1), elapsed, truth, busy)


def best_possible(data: Paced) -> Tensor:
    """The estimate (B, T) of a Kalman filter that knows pace, rates and noise: no estimate has a smaller mean error."""
    seen = (data.x[..., 0] - 0.5) * 5  # (B, T)
    rates = torch.where(data.busy > 0, RATES[1], RATES[0])  # (B, T)
    mean, variance = torch.zeros(len(seen)), torch.ones(len(seen))
    found = []
    for t in range(seen.shape[1]):
        kept = torch.exp(-rates[:, t] * data.elapsed[:, t]) if t else torch.ones(len(seen))
        mean, variance = kept * mean, kept**2 * variance + 1 - kept**2
        gain = variance / (variance + NOISE**2)
        mean, variance = mean + gain * (seen[:, t] - mean), (1 - gain) * variance
        found.append(mean)
    return torch.stack(found, 1)
