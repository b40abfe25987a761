"""Each rule alone over its values and over temperatures: how far what it keeps is from what is possible."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.decoding.truncation.contexts import KINDS, contexts, mean
from app.experiments.memo import memo
from models.language.sampling import tempered
from models.language.truncation import misfit_of_first

SWEPT: Mapping[str, tuple[float, ...]] = {
    "k": (1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 72, 100),
    "p": (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99, 0.999),
    "min-p": (0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5),
}

TEMPERATURES = (0.5, 0.7, 1.0, 1.3, 1.5, 1.8, 2.0, 2.3, 2.6, 3.0, 3.5, 4.0)


class Ranked(NamedTuple):
    """The tokens of each context, the likeliest first: what every rule keeps is the beginning of it."""

    logits: Tensor  # (B, V)
    possible: Tensor  # (B, V)
    kinds: dict[str, Tensor]  # (B,) bool


@memo
def ranked(seed: int, device: str) -> Ranked:
    given = contexts(seed, device)
    z, order = given.logits.sort(dim=-1, descending=True, stable=True)
    return Ranked(z, given.possible.gather(1, order), {kind: given.of(kind) for kind in KINDS})


def swept(rule: str, temperature: float, order: str, seed: int, device: str) -> list[dict[str, float]]:
    """Misfit of that rule alone at each of its values; it does not see a temperature that comes after it."""
    return misfits(rule, temperature if order == "temperature first" else 1.0, seed, device)


@memo
def misfits(rule: str, temperature: float, seed: int, device: str) -> list[dict[str, float]]:
    given = ranked(seed, device)
    p = tempered(given.logits, temperature).softmax(dim=-1)
    before = p.cumsum(dim=-1) - p
    kept: Callable[[float], Tensor] = {
        "k": lambda k: torch.full((len(p),), int(k)),
        "p": lambda mass: (before < mass).sum(dim=-1),
        "min-p": lambda share: (p >= share * p[:, :1]).sum(dim=-1),
    }[rule]
    found = [misfit_of_first(given.possible, kept(value)) for value in SWEPT[rule]]
    return [{kind: one[rows].mean().item() for kind, rows in given.kinds.items()} for one in found]


def best_misfits(rule: str, order: str, seed: int, device: str) -> list[float]:
    """The smallest mean misfit of that rule at each of TEMPERATURES."""
    return [min(map(mean, swept(rule, temperature, order, seed, device))) for temperature in TEMPERATURES]
