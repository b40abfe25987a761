"""Patches of held-out digits, ranked by rollout or otherwise, and how often the digit is read without some of them."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.digits import digits
from models.generative.pretrained_networks import digit_vit
from models.interpretability.patch_evidence import least, logits_of, of_class_token, rollouts
from models.seeding import generator
from models.transformer.vision_transformer import patches

PATCHES = 16
DRAWS = 2  # of random patches, and of pictures whose ranks are borrowed

Ranking = Literal[
    "rollout", "last layer alone", "most ink", "largest head", "columns for rows", "another digit", "same digit"
]

BY_CHANCE = ("random", "another digit", "same digit")


class Held(NamedTuple):
    """The held-out digits and what the model makes of them."""

    images: Tensor  # (B, 1, N, N)
    labels: Tensor  # (B,)
    layers: tuple[Tensor, ...]  # attention weights, each (B, H, T, T)
    right: Tensor  # (B,) True where the whole picture is recognised


@memo
def held_out(device: str) -> Held:
    data, model = digits()[1], digit_vit(device)
    with torch.inference_mode():
        images, labels = data.images.to(device), data.labels.to(device)
        logits, trace = model(images)
    return Held(images, labels, tuple(part.weights for part in trace.attention), logits.argmax(dim=1) == labels)


def ink_of(images: Tensor) -> Tensor:
    """Mean ink of each patch: (B, 1, N, N) → (B, T)."""
    return patches(images, digit_vit().side).mean(dim=-1)


def scores(ranking: Ranking, images: Tensor, layers: tuple[Tensor, ...]) -> Tensor:
    """A score for every patch of these pictures, from themselves alone.  (B, T)"""
    if ranking == "most ink":
        return ink_of(images)
    if ranking == "last layer alone":
        return of_class_token(layers[-1].mean(dim=1))
    if ranking == "largest head":
        largest = [weights.amax(dim=1, keepdim=True) for weights in layers]
        layers = tuple(weights / weights.sum(dim=-1, keepdim=True) for weights in largest)
    if ranking == "columns for rows":
        layers = tuple(weights.mT for weights in layers)
    return of_class_token(rollouts(layers)[-1])


def borrowed(labels: Tensor, same: bool, draws: torch.Generator) -> Tensor:
    """For each picture the number of another one, of the same digit or of any other digit.  (B,)"""
    fits = (labels[:, None] == labels) == same
    fits.fill_diagonal_(False)
    return torch.multinomial(fits.cpu().float(), 1, generator=draws)[:, 0].to(labels.device)


@memo
def ranked(ranking: str, seed: int, device: str) -> list[Tensor]:
    """Scores of all held-out pictures, several where chance takes part.  Each (B, T)"""
    held, draws = held_out(device), generator(seed)
    if ranking == "random":
        return [torch.rand(len(held.labels), PATCHES, generator=draws).to(device) for _ in range(DRAWS)]
    if ranking in ("another digit", "same digit"):
        own = scores("rollout", held.images, held.layers)
        return [own[borrowed(held.labels, ranking == "same digit", draws)] for _ in range(DRAWS)]
    return [scores(ranking, held.images, held.layers)]  # type: ignore[arg-type]  # the rest are Rankings


@memo
def mean_accuracy(ranking: str, left_out: int, highest: bool, seed: int, device: str) -> float:
    held, model = held_out(device), digit_vit(device)
    if left_out == 0:
        return held.right.float().mean().item()
    sign = 1 if highest else -1
    with torch.inference_mode():
        kept = [least(sign * score, PATCHES - left_out) for score in ranked(ranking, seed, device)]
        said = torch.stack([logits_of(model, held.images, one).argmax(dim=1) for one in kept])
    return (said == held.labels).float().mean().item()


def accuracy_without(ranking: str, left_out: int, seed: int, device: str, highest: bool = True) -> float:
    """The share of held-out digits still recognised without the patches ranked highest, or lowest."""
    return mean_accuracy(ranking, left_out, highest, seed if ranking in BY_CHANCE else 0, device)
