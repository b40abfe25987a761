"""Trained dictionaries on held-out tokens: what fires, what is rebuilt, and how purely one feature finds a class."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data import words
from models.generative.sparse_autoencoder import explained, firing
from models.interpretability.class_purity import both_signs, purity_of_chosen
from models.interpretability.inner_activations import activations
from models.language.pretrained_decoders import pretrained as pretrained_decoder
from models.seeding import generator, normal
from models.tokenization.tokenizer import ids_of
from models.training.sparse_autoencoders import FEATURES, MODEL, WIDTH, pretrained, scaled, texts

DOCUMENTS, PER_CLASS, SPLITS = 900, 40, 6
CLASSES: Mapping[str, tuple[str, ...]] = {
    "residents": words.RESIDENTS, "guests": words.GUESTS, "cities": words.CITIES, "jobs": words.JOBS,
    "animals": words.ANIMALS, "objects": words.OBJECTS, "places": words.PLACES, "colours": words.COLOURS,
    "made-up words": words.NONCE, "digits": words.DIGITS,
}  # fmt: skip


class Halves(NamedTuple):
    """Equally many tokens per class of words for choosing, and of the other words."""

    chosen_on: Tensor  # (10·n,) rows of the activations, class after class
    held_out: Tensor  # (10·n,)
    kind: Tensor  # (10·n,) class of each, the same for both


class Tokens(NamedTuple):
    """Held-out texts, their activations, and classes cut in half several times."""

    ids: Tensor  # (B,)
    x: Tensor  # (B, D)
    halves: tuple[Halves, ...]


@cache
def class_tokens() -> list[Tensor]:
    """The words of each class that are one token."""
    spelt = [[ids_of(word) for word in group] for group in CLASSES.values()]
    return [torch.tensor([ids[0] for ids in group if len(ids) == 1]) for group in spelt]


@memo
@torch.inference_mode()
def tokens(seed: int, device: str) -> Tokens:
    rows = texts(DOCUMENTS, 20_000 + seed).to(device)
    x = scaled(activations(pretrained_decoder(MODEL, device), rows)).flatten(0, 1)
    flat, draws = rows.flatten(), generator(seed)
    return Tokens(flat, x, tuple(halves(flat.cpu(), draws) for _ in range(SPLITS)))


def halves(flat: Tensor, draws: torch.Generator) -> Halves:
    """Every class's words cut in half at random, and equally many tokens of each half."""
    found: tuple[list[Tensor], list[Tensor]] = ([], [])
    for group in class_tokens():
        shuffled = group[torch.randperm(len(group), generator=draws)]
        for half, chosen in zip(found, shuffled.tensor_split(2), strict=True):
            places = torch.isin(flat, chosen).nonzero()[:, 0]
            half.append(places[torch.randperm(len(places), generator=draws)[:PER_CLASS]])
    n = min(len(places) for half in found for places in half)
    first, second = (torch.cat([places[:n] for places in half]) for half in found)
    return Halves(first, second, torch.arange(len(CLASSES)).repeat_interleave(n))


def best_of(scores: Tensor, given: Tokens) -> tuple[list[int], Tensor]:
    """Candidates chosen on the first halves, one per class; purity by class on held-out words, mean of all cuts."""
    chosen, shares = zip(
        *(
            purity_of_chosen(scores[cut.chosen_on], scores[cut.held_out], cut.kind, len(CLASSES))
            for cut in given.halves
        ),
        strict=True,
    )
    return chosen[0].tolist(), torch.stack(shares).mean(dim=0)


@memo
@torch.inference_mode()
def baselines(seed: int, device: str) -> Tensor:
    """Purity by class of raw coordinates and of as many random directions as there are features: (2, 10)."""
    given = tokens(seed, device)
    centred = given.x - given.x.mean(dim=0)
    directions = normal(WIDTH, FEATURES, seed=seed).to(device)
    return torch.stack([best_of(scores, given)[1] for scores in (both_signs(centred), centred @ directions)]).cpu()


class Dictionary(NamedTuple):
    chosen: list[int]  # one per class
    purity: Tensor  # (10,)
    firing: float
    l1: float
    explained: float
    silent: int
    strongest: Tensor  # (8, K) tokens at which each feature is strongest


@memo
@torch.inference_mode()
def dictionary(arm: str, seed: int, device: str) -> Dictionary:
    given = tokens(seed, device)
    y, trace = pretrained(arm, device)(given.x)
    f = trace.features
    return Dictionary(
        *best_of(f, given), firing(f).float().mean().item(), f.sum(dim=-1).mean().item(), explained(given.x, y).item(),
        int((f.amax(dim=0) <= 0).sum()), given.ids[f.topk(8, dim=0).indices].cpu(),
    )  # fmt: skip
