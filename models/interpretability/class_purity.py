"""How well one direction picks out a class of tokens, chosen on some words and measured on others.

Paper: Cunningham et al. 2023, "Sparse Autoencoders Find Highly Interpretable Features in Language Models" (features
compared with raw coordinates and random directions).

Symbols
    s  score of every candidate on every token (N, M)        c  class of each token (N,), 0 to C − 1, n tokens of each
    N  tokens        M  candidates        C  classes        n  tokens of a class
"""

import torch
from torch import Tensor
from torch.nn.functional import one_hot


def purity(scores: Tensor, kind: Tensor, classes: int) -> Tensor:
    """Of the n tokens with the highest score, as many as each class has: the share in class c.  (C, M)

    A candidate that fires on one word alone cannot fill n tokens of a class of many words.
    """
    strongest = scores.topk(len(kind) // classes, dim=0).indices  # (n, M)
    return one_hot(kind[strongest], classes).float().mean(dim=0).mT  # (C, M)


def purity_of_chosen(chosen_on: Tensor, held_out: Tensor, kind: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Per class the candidate of highest purity on the words for choosing (C,), and its purity on other words (C,)."""
    best = purity(chosen_on, kind, classes).argmax(dim=1)  # (C,)
    return best, purity(held_out, kind, classes).gather(1, best[:, None])[:, 0]


def both_signs(x: Tensor) -> Tensor:
    """Every coordinate as a candidate in either direction: (N, D) → (N, 2D)."""
    return torch.cat([x, -x], dim=1)
