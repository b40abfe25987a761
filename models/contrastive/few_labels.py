"""How well features serve a person with one labelled example per class.

Symbols
    k  features of examples whose label may be given (K, C)     q  features of those asked (Q, C)     R  repetitions
"""

import torch
from torch import Tensor

from models.contrastive.nt_xent import unit


def one_of_each(classes: Tensor, repetitions: int, draws: torch.Generator) -> Tensor:
    """Places of one example per class, at random.  (K,) → (R, 10)"""
    of_class = classes == classes.unique()[:, None]  # (k, K)
    return torch.multinomial(of_class.float(), repetitions, replacement=True, generator=draws).T


def one_label_accuracy(known: Tensor, classes: Tensor, asked: Tensor, wanted: Tensor, given: Tensor) -> float:
    """Share of the asked whose most similar labelled example (cosine, after the mean is taken off) has their class.

    ``given`` (R, k): the labelled examples of each repetition. Not a number where a feature is none.
    """
    if not (known.isfinite().all() and asked.isfinite().all()):
        return float("nan")
    middle = known.mean(0)  # (C,)
    similar = unit(asked - middle) @ unit(known - middle).T  # (Q, K)
    nearest = similar[:, given].argmax(-1)  # (Q, R)
    found = classes[given].gather(1, nearest.T)  # (R, Q)
    return (found == wanted).float().mean().item()
