"""Small U-Nets that are told class and ink by their norms or by cross-attention: what another class changes in each."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.generative.unet_levels.exchanged import TIMES, noised_digits, noisy
from app.experiments.generative.unet_levels.told import change
from app.experiments.memo import memo
from models.data.digit_ink import ink_levels
from models.generative.cross_attention_unet import CrossAttentionTrace
from models.generative.denoiser import trained_alpha_bar
from models.training.told_denoisers import TRAININGS, WAYS, pretrained

PLACES = ("top skip", "middle", "way up")
"""Where the pixels attend to the tokens, in this order."""


class Conditions(NamedTuple):
    """Means over held-out digits and trainings, at each of TIMES."""

    changes: dict[str, Tensor]  # way → (S, 2) of top skip and middle when another class is told, over their size
    errors: dict[str, Tensor]  # way → (S,) squared error, told the truth
    weights: Tensor  # (S, 3) on the token of the class, mean over pixels; the rest is on that of the ink


@memo
@torch.inference_mode()
def conditions(seed: int, device: str) -> Conditions:
    given, alpha_bar = noised_digits("another digit’s", seed), trained_alpha_bar().float()
    label, other = (labels.to(device) for labels in (given.labels, given.labels[given.partner]))
    ink = ink_levels(given.images).to(device)
    changes = {way: torch.zeros(TRAININGS, len(TIMES), 2) for way in WAYS}
    errors = {way: torch.zeros(TRAININGS, len(TIMES)) for way in WAYS}
    weights = torch.zeros(TRAININGS, len(TIMES), len(PLACES))
    for at, t in enumerate(TIMES):
        x, _, v = noisy(given, alpha_bar[t].item(), device)
        time = torch.full((len(x),), float(t), device=device)
        for way in WAYS:
            for n in range(TRAININGS):
                model = pretrained(way, n, device)
                (answer, before), (_, after) = model(x, time, label, ink), model(x, time, other, ink)
                pairs = ((after.down[0], before.down[0]), (after.middle, before.middle))
                changes[way][n, at] = torch.stack([change(*pair) for pair in pairs]).cpu()
                errors[way][n, at] = (answer - v).square().mean().cpu()
                if isinstance(before, CrossAttentionTrace):
                    weights[n, at] = torch.stack([w[..., 0].mean() for w in before.weights]).cpu()
    return Conditions(
        {way: found.mean(dim=0) for way, found in changes.items()},
        {way: found.mean(dim=0) for way, found in errors.items()},
        weights.mean(dim=0),
    )
