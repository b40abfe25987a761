"""The arms of ``models.training.routed_depths``: who enters the routed block, by what its update is multiplied."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

import torch
from torch import Tensor

from models.data.symbols_among_fillers import CHARACTERS, CLASSES, HARD, LENGTH
from models.training.cells import restored
from models.transformer.decoder import DecoderConfig
from models.transformer.mixture_of_depths import Factor, MixtureOfDepths, RoutedConfig

NAME = "routed_depths"
HIDDEN, DENSE_HIDDEN = 40, 3
"""Of the routed MLP for 8 tokens of 32, and of the one for all 32: equally many multiplications."""
Scores = Callable[[int, torch.Generator], Tensor]
"""Texts, randomness → scores (B, T) that choose in place of the router."""


def random_scores(rows: int, draws: torch.Generator) -> Tensor:
    return torch.rand(rows, LENGTH, generator=draws)


def every_fourth(rows: int, draws: torch.Generator) -> Tensor:
    return (torch.arange(LENGTH) % (LENGTH // HARD) == 0).float().expand(rows, -1)


class Arm(NamedTuple):
    """Who enters the second block, and by what its update is multiplied."""

    k: int = HARD
    factor: Factor = torch.clone
    scores: Scores | None = None
    hidden: int = HIDDEN


ARMS: Mapping[str, Arm] = {
    "learned": Arm(),
    "sigmoid": Arm(factor=torch.sigmoid),
    "unweighted": Arm(factor=torch.ones_like),
    "random": Arm(scores=random_scores),
    "fourth": Arm(scores=every_fourth),
    "dense": Arm(LENGTH, torch.ones_like, hidden=DENSE_HIDDEN),
    "all": Arm(LENGTH, torch.ones_like),
    "none": Arm(0),
}


def config(arm: str) -> RoutedConfig:
    return RoutedConfig(DecoderConfig(CHARACTERS, 24, 2, 1, 1, 4, ARMS[arm].hidden, LENGTH), CLASSES)


def build(arm: str) -> MixtureOfDepths:
    return MixtureOfDepths(config(arm), ARMS[arm].factor)


@lru_cache(maxsize=64)
def pretrained(arm: str, training: int) -> MixtureOfDepths:
    """One training of one arm; share it."""
    return restored(NAME, arm, partial(build, arm), training)
