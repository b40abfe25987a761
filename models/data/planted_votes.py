"""Votes of capsules of which some agree on one pose of one capsule above; all others point anywhere.

Symbols
    S  sets of votes      I, J  capsules below and above      K  width of a vote
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize

from models.seeding import generator

LENGTH = 2.0
"""Of every vote: what differs is only the direction."""
SCATTER = 0.6
"""Length of the noise that is added to an agreeing vote of length 1, before it is made as long as the others."""


class PlantedVotes(NamedTuple):
    votes: Tensor  # (S, I, J, K)
    pose: Tensor  # (S, K) the direction that was planted for the first capsule above
    agrees: Tensor  # (S, I) which capsules below vote for it


def planted_votes(
    sets: int, seed: int, agreeing: int = 10, inputs: int = 32, outputs: int = 4, width: int = 8
) -> PlantedVotes:
    """Random directions, but for the ``agreeing`` capsules' votes for the first capsule above, in a random order."""
    draws = generator(seed)
    pose = normalize(torch.randn(sets, width, generator=draws), dim=-1)
    votes = normalize(torch.randn(sets, inputs, outputs, width, generator=draws), dim=-1)
    near = SCATTER * width**-0.5 * torch.randn(sets, inputs, width, generator=draws)
    order = torch.rand(sets, inputs, generator=draws).argsort(dim=1)
    agrees = order < agreeing
    votes[:, :, 0] = torch.where(agrees[..., None], normalize(pose[:, None] + near, dim=-1), votes[:, :, 0])
    return PlantedVotes(LENGTH * votes, pose, agrees)
