"""Distributions over a few outcomes, as a person types them."""

from typing import Annotated

import torch
from pydantic import AfterValidator, StringConstraints
from torch import Tensor

MOST = 8
LETTERS = "ABCDEFGH"
"""The names of the outcomes."""


def weights(text: str) -> list[float]:
    """Two to eight numbers from 0 on, not all 0; commas or blanks between them. ValueError otherwise."""
    try:
        found = [float(part) for part in text.replace(",", " ").split()]
    except ValueError:
        found = []
    if not 2 <= len(found) <= MOST or not all(0 <= value <= 1e6 for value in found) or sum(found) == 0:
        raise ValueError(f"takes 2 to {MOST} numbers from 0 on, not all of them 0, with commas between them")
    return found


def _readable(text: str) -> str:
    weights(text)
    return text


Weights = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_readable)]
"""Of a control: any numbers from 0 on; their shares are the probabilities."""


def pair(p: str, q: str) -> tuple[Tensor, Tensor, list[str]]:
    """Both as probabilities over the same outcomes (K,), in double precision; the shorter gets zeros, and a notice."""
    one, other = weights(p), weights(q)
    count = max(len(one), len(other))
    notices = []
    if len(one) != len(other):
        shorter = "p" if len(one) < len(other) else "q"
        notices.append(f"{shorter}: has fewer outcomes than the other; the missing ones get probability 0")
    both = torch.tensor([w + [0.0] * (count - len(w)) for w in (one, other)], dtype=torch.double)
    p_, q_ = both / both.sum(dim=1, keepdim=True)
    return p_, q_, notices
