"""The gradient of a batch that is split over workers, beside that of the whole batch."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.func import functional_call

from models.contrastive.clip import CLIP, START, similarities, symmetric_loss
from models.contrastive.split_batch import split_loss, split_loss_constant_gathered
from models.data.captioned_shapes import captions, kinds, pictures
from models.seeding import generator
from models.training.clip import at_random

WORKERS = 4

Gathered = Literal["with gradient", "without gradient"]
SPLIT: Mapping[Gathered, Callable[[Tensor, Tensor, Tensor, int], Tensor]] = {
    "with gradient": split_loss,
    "without gradient": split_loss_constant_gathered,
}


class SplitGradient(NamedTuple):
    """The gradient that the workers find, compared with that of the whole batch."""

    error: float  # length of the difference, over that of the whole batch's gradient
    length: float  # over the same
    cosine: float


@torch.enable_grad()
def split_gradient(model: CLIP, gathered: Gathered, seed: int) -> SplitGradient:
    draws = generator(seed + 7)
    k = at_random(kinds(unseen=False), draws)
    weights = {name: weight.detach().requires_grad_() for name, weight in model.named_parameters()}
    _, (I, T) = functional_call(model, weights, (pictures(k, draws), captions(k)))  # noqa: E741
    t = START + weights["scale"]

    def gradient(loss: Tensor) -> Tensor:
        found = torch.autograd.grad(loss, list(weights.values()), retain_graph=True)
        return torch.cat([each.flatten() for each in found])

    whole = gradient(symmetric_loss(similarities(I, T, t)))
    parts = gradient(SPLIT[gathered](I, T, t, WORKERS))
    error, length = ((one.norm() / whole.norm()).item() for one in (parts - whole, parts))
    return SplitGradient(error, length, torch.cosine_similarity(parts, whole, dim=0).item())
