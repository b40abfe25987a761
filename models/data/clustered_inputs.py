"""Points of a wavy curve whose inputs come in three clusters; between them there is no data.

Symbols
    x  inputs (P), normal around one of three middles      t  targets (P)
"""

import torch
from torch import Tensor

SPREAD, NOISE = 0.06, 0.05
MIDDLES = (-0.75, -0.1, 0.6)
OTHER_MIDDLES = (-0.45, 0.25, 0.9)


def clustered(count: int, middles: tuple[float, ...], draws: torch.Generator) -> Tensor:
    """Inputs around the middles, as many around each on average. (P), float64"""
    which = torch.randint(len(middles), (count,), generator=draws)
    middle = torch.tensor(middles, dtype=torch.float64)[which]  # (P)
    return middle + SPREAD * torch.randn(count, generator=draws, dtype=torch.float64)


def curve(x: Tensor) -> Tensor:
    """sin 14x + ½ cos 31x"""
    return (14 * x).sin() + (31 * x).cos() / 2


def noisy(x: Tensor, draws: torch.Generator) -> Tensor:
    """The curve with normal noise of standard deviation 0.05. (P)"""
    return curve(x) + NOISE * torch.randn(x.shape, generator=draws, dtype=torch.float64)
