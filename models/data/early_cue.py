"""Noise with pulses of either sign; only the first one counts, and it is long past when the question comes.

Symbols
    B  rows        T  steps
"""

from typing import NamedTuple

import torch
from torch import Tensor

STEPS = 128
CUE_FROM, CUE_TO = 4, 20
DISTRACTORS_FROM = 48
DISTRACTORS = 3
NOISE = 0.05


class Cued(NamedTuple):
    """What is read, which of the two classes it is, and where the cue stands."""

    u: Tensor  # (B, T)
    classes: Tensor  # (B,) 1 if the cue is positive, else 0
    cues: Tensor  # (B,) its step


def early_cue(rows: int, draws: torch.Generator) -> Cued:
    """A pulse of ±1 within the first steps, and later as many pulses of random sign as there are distractors."""
    u = NOISE * torch.randn(rows, STEPS, generator=draws)
    cues = torch.randint(CUE_FROM, CUE_TO, (rows, 1), generator=draws)
    later = torch.rand(rows, STEPS - DISTRACTORS_FROM, generator=draws).argsort(dim=1)[:, :DISTRACTORS]
    places = torch.cat([cues, DISTRACTORS_FROM + later], dim=1)  # (B, 1 + DISTRACTORS)
    signs = 2.0 * torch.randint(2, places.shape, generator=draws) - 1
    return Cued(u.scatter_add(1, places, signs), (signs[:, 0] > 0).long(), cues[:, 0])
