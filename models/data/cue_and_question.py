"""One of four cues, then distractors, then a question: which cue was it?

Symbols
    B  rows        T  steps
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import one_hot

CUES, DISTRACTORS = 4, 8
ASK = CUES + DISTRACTORS
SYMBOLS = ASK + 1


class Cued(NamedTuple):
    """What is read, and the answer at its last step."""

    x: Tensor  # (B, T, F) one-hot
    cues: Tensor  # (B,)


def texts(rows: int, lag: int, draws: torch.Generator, before: int = 0) -> Cued:
    """``before`` distractors, the cue, and ``lag`` steps later the question."""
    on = {"generator": draws, "device": draws.device}
    ids = CUES + torch.randint(DISTRACTORS, (rows, before + lag + 1), **on)
    ids[:, before] = torch.randint(CUES, (rows,), **on)
    ids[:, -1] = ASK
    return Cued(one_hot(ids, SYMBOLS).float(), ids[:, before])
