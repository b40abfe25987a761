"""The 8×8 handwritten digits that come with scikit-learn, split once and for all.

Data: Alpaydin & Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository
(its test half, 1797 digits of 13 people, which is what scikit-learn ships).

Symbols
    B  digits        N = 8  side of a digit
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from models.seeding import generator

INK_LEVELS = 16
HELD_OUT = 297


class Digits(NamedTuple):
    """Images from −1 (paper) to 1 (ink) and the digit each shows."""

    images: Tensor  # (B, 1, N, N)
    labels: Tensor  # (B,) whole numbers 0 … 9


@cache
@torch.inference_mode(False)  # a first caller's inference mode must not rule out training for all others
def digits() -> tuple[Digits, Digits]:
    """1500 digits to learn from and 297 held out, the same on every machine. Share them; do not write to them.

    The file is read from inside the package: importing scikit-learn for it would take a second.

    Raises:
        ModuleNotFoundError: without scikit-learn.
    """
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("the digits come with scikit-learn: pip install scikit-learn")
    table = np.loadtxt(
        Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=",", dtype=np.float32
    )
    pixels = torch.from_numpy(table[:, :64]).view(-1, 1, 8, 8)  # (B, 1, N, N)
    labels = torch.from_numpy(table[:, 64]).long()  # (B,)
    order = torch.randperm(len(table), generator=generator(0))
    images, labels = 2 * pixels[order] / INK_LEVELS - 1, labels[order]
    return Digits(images[HELD_OUT:], labels[HELD_OUT:]), Digits(images[:HELD_OUT], labels[:HELD_OUT])
