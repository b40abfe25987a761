"""Training and judging one of the ways of learning without labels: several networks side by side, each on its own seed.

Symbols
    A  networks side by side     B  images of a batch     Q  held-out digits that are asked     C  numbers of the code
"""

import copy
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from models.contrastive import paradigms
from models.contrastive.moved_digits import moved_digits
from models.contrastive.nt_xent import unit
from models.contrastive.paradigms import PLACES, Networks, Objective, Views
from models.contrastive.self_distillation import follow, relative_spread
from models.contrastive.view_encoder import Normalise, as_it_is, batch_normalised
from models.convolution.bottleneck import effective_rank
from models.data.digit_views import Ranges, textures, view
from models.data.digits import digits
from models.seeding import generator

BATCH, RATE, KEEP, STEPS = 128, 0.003, 0.99, 200
RANGES = Ranges(noise=0.1)
ARMS: Mapping[tuple[str, str], Objective] = {
    ("autoencoder", "none"): paradigms.reconstruct,
    ("SimCLR", "none"): paradigms.contrast,
    ("SimCLR", "negatives"): paradigms.contrast_without_negatives,
    ("BYOL", "none"): paradigms.bootstrap,
    ("BYOL", "predictor"): paradigms.bootstrap_without_predictor,
    ("BYOL", "stop-gradient"): paradigms.bootstrap_without_stop,
    ("JEPA", "none"): paradigms.predict_hidden,
    ("JEPA", "moving average"): paradigms.predict_hidden_own,
    ("JEPA", "stop-gradient"): paradigms.predict_hidden_without_stop,
}
"""Method and the guard against collapse that is removed → what is made small."""

NORMS: Mapping[str, Normalise] = {"batch norm": batch_normalised, "no norm": as_it_is}


class Judged(NamedTuple):
    """What each network's codes of moved held-out digits are worth."""

    rank: Tensor  # (A,) effective rank of codes of length 1
    spread: Tensor  # (A,) relative to an even spread
    accuracy: Tensor  # (A,) with one label per class
    probe: Tensor  # (A,) with all labels, by a linear classifier


@torch.no_grad()
def judged(networks: Networks, texture: float) -> Judged:
    data = moved_digits(texture)
    known, asked = (networks(x)[0] for x in (data.known, data.asked))  # (A, n, C)
    rank = [effective_rank(unit(z).nan_to_num()) for z in asked]
    accuracy, probe = (torch.tensor([by(*each) for each in zip(known, asked)]) for by in (data.accuracy, data.probe))
    return Judged(torch.stack(rank).float(), relative_spread(asked), accuracy, probe)


class ParadigmTraining:
    """``step`` takes one batch and returns the loss of each network (A,); images and views are drawn anew each time."""

    def __init__(self, arm: tuple[str, str], norm: str, texture: float, seeds: Sequence[int]) -> None:
        self.objective, self.texture = ARMS[arm], texture
        self.networks = Networks(seeds, NORMS[norm])
        self.target = copy.deepcopy(self.networks).requires_grad_(False)
        self.optimizer = torch.optim.Adam(self.networks.parameters(), RATE, fused=True)
        self.draws = generator(1000 + seeds[0])

    def _view(self, x: Tensor) -> Tensor:
        seen = view(x, RANGES, self.draws) + self.texture * textures(len(x), x.shape[-1], self.draws)
        return seen.flatten(1)

    def step(self) -> Tensor:
        images = digits()[0].images
        x = images[torch.randint(len(images), (BATCH,), generator=self.draws)]
        place = torch.randint(PLACES, (BATCH,), generator=self.draws)  # (B,)
        losses = self.objective(self.networks, self.target, Views(self._view(x), self._view(x), place))  # (A,)
        self.optimizer.zero_grad()
        losses.sum().backward()
        self.optimizer.step()
        follow(self.target.parameters(), self.networks.parameters(), KEEP)
        return losses.detach()
