"""Beginnings of texts whose possible next words are known, as the model reads them, and how a cut fits them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.dice import Dice
from models.data.kinds.chance import CROWD, successors
from models.data.known_chance import Beginning, drawn
from models.language.behind_each_text import logits_behind
from models.language.pretrained_decoders import pretrained
from models.language.truncation import impossible_mass, misfit
from models.tokenization.tokenizer import END, ids_of

CHECKPOINT = "chance_decoder"
CONTEXTS = 16  # of each kind
KINDS = ("hiring", "trades", "walks", "crowd")


class Contexts(NamedTuple):
    """Beginnings of texts, in the order of their kinds, and what may follow."""

    beginnings: tuple[Beginning, ...]
    logits: Tensor  # (B, V)
    truth: Tensor  # (B, V) true probability of each token

    @property
    def possible(self) -> Tensor:
        return self.truth > 0

    def of(self, kind: str) -> Tensor:
        return torch.tensor([one.kind == kind for one in self.beginnings])


class Fit(NamedTuple):
    """How a cut fits, for each kind of context: mean over its contexts."""

    misfit: dict[str, float]
    kept: dict[str, float]  # tokens
    impossible: dict[str, float]  # probability
    options_kept: dict[str, float]  # share of the possible tokens


@memo
def contexts(seed: int, device: str) -> Contexts:
    """Beginnings of each kind, read by the model."""
    found = sorted(drawn(Dice(f"truncation {seed}"), CONTEXTS), key=lambda one: KINDS.index(one.kind))
    z = logits_behind(pretrained(CHECKPOINT, device), [[END, *ids_of(one.text)] for one in found]).double().cpu()
    truth = torch.zeros_like(z)
    for row, one in zip(truth, found, strict=True):
        for word, probability in one.q.items():
            row[ids_of(word)[0]] += probability
    return Contexts(tuple(found), z, truth)


def fit_of(given: Contexts, z: Tensor) -> Fit:
    """How cut logits (B, V) fit the contexts."""
    kept, possible = z.isfinite(), given.possible
    each = {
        "misfit": misfit(kept, possible),
        "kept": kept.sum(dim=-1),
        "impossible": impossible_mass(z, possible),
        "options": (kept & possible).sum(dim=-1) / possible.sum(dim=-1),
    }
    return Fit(*({kind: one[given.of(kind)].double().mean().item() for kind in KINDS} for one in each.values()))


def mean(by_kind: Mapping[str, float]) -> float:
    return sum(by_kind.values()) / len(by_kind)


def follows(kind: str, words: Sequence[str]) -> bool:
    """Whether each word may stand behind the one before it; ``words`` begin with the last of the prompt."""
    if kind == "crowd":
        return all(word in CROWD for word in words[1:])
    known = successors(0)
    return all(after in known.get(before, ()) for before, after in pairwise(words))
