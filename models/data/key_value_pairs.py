"""Pairs to remember: keys as far apart as they can be, or random ones, each with a random value.

Papers: Schlag et al. 2021, "Linear Transformers Are Secretly Fast Weight Programmers", section 4.1 (capacity: no more
than d keys can be at right angles in d dimensions).

Symbols
    N  pairs     d  key width
"""

import torch
from torch import Tensor

from models.seeding import generator, normal

LOUD = 8.0
"""Keys hold ±LOUD: what is negative leaves almost no trace in a positive feature map."""


def keys_and_values(N: int, d: int, seed: int) -> tuple[Tensor, Tensor]:
    """Keys (N, d) and values (N, d).

    The first d keys are each positive in one place of its own: their features are at right angles. Further ones
    are positive in three places chosen at random, so that each overlaps with some before it.
    """
    draws = generator(seed)
    alone = torch.eye(d)[torch.randperm(d, generator=draws)]  # (d, d)
    triples = torch.combinations(torch.arange(d), 3)
    places = triples[torch.randperm(len(triples), generator=draws)[: max(N - d, 0)]]  # no key twice
    more = torch.zeros(len(places), d).scatter(1, places, 1)
    return LOUD * (2 * torch.cat([alone, more])[:N] - 1), normal(N, d, seed=seed + 1)


def random_keys_and_values(N: int, d: int, seed: int) -> tuple[Tensor, Tensor]:
    """Keys (N, d) from a normal distribution, about as long as those above, and values (N, d)."""
    return LOUD * normal(N, d, seed=seed), normal(N, d, seed=seed + 1)
