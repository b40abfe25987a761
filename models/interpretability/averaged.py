"""A trained decoder in which the numbers of one component are replaced by their mean: what do they carry?

Symbols
    W  a tensor of weights        w̄  mean of its numbers
"""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor

from models.seeding import generator
from models.transformer.decoder import Decoder

COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "embedding": ("embedding.weight",),
    "queries and keys": ("attention.to_q", "attention.to_k"),
    "values and output": ("attention.to_v", "attention.to_out"),
    "MLP gate": ("feed_forward.to_gate",),
    "MLP value": ("feed_forward.to_value",),
    "MLP output": ("feed_forward.to_out",),
    "norm gains": ("norm.weight",),
}
"""Component → what the names of its tensors hold."""


def belongs(name: str, component: str) -> bool:
    return any(part in name for part in COMPONENTS[component])


def counts(model: Decoder) -> dict[str, int]:
    """Weights of each component."""
    named = dict(model.named_parameters())
    return {one: sum(w.numel() for name, w in named.items() if belongs(name, one)) for one in COMPONENTS}


def shares(n: Tensor) -> Tensor:
    """n_c / Σ n: what each component holds of the whole.  (…, components)"""
    return n / n.sum(dim=-1, keepdim=True)


def rise(changed: Tensor, loss: Tensor) -> Tensor:
    """ℓ′ − ℓ: what the loss rises by, nats per token."""
    return changed - loss


def averaged(W: Tensor) -> Tensor:
    """w̄ everywhere: as many numbers, one value."""
    return W.mean().expand_as(W).clone()


def with_averaged(model: Decoder, component: str) -> Decoder:
    """The decoder with each tensor of the component at its mean."""
    changed = copy.deepcopy(model)
    for name, weight in changed.named_parameters():
        if belongs(name, component):
            weight.data = averaged(weight.data)
    return changed


def with_one_gain(model: Decoder) -> Decoder:
    """The decoder with one number for all gains of all norms: their common mean."""
    changed = copy.deepcopy(model)
    gains = [weight for name, weight in changed.named_parameters() if belongs(name, "norm gains")]
    mean = torch.cat([gain.data for gain in gains]).mean()
    for gain in gains:
        gain.data = mean.expand_as(gain).clone()
    return changed


def with_some_averaged(model: Decoder, count: int, seed: int) -> Decoder:
    """The decoder with ``count`` weights of its MLPs, chosen at random and evenly, at the mean of their tensor."""
    changed, draws = copy.deepcopy(model), generator(seed)
    tensors = [w for name, w in changed.named_parameters() if "feed_forward.to" in name]
    for number, weight in enumerate(tensors):
        share = count // len(tensors) + (number < count % len(tensors))
        flat = weight.data.flatten().clone()
        flat[torch.randperm(len(flat), generator=draws)[:share]] = flat.mean()
        weight.data = flat.view_as(weight)
    return changed
