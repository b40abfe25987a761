"""The temperature and the filters in their order, as published and with one change."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from torch import Tensor

from app.experiments.decoding.truncation.contexts import KINDS
from models.language.sampling import min_p, tempered, top_k, top_p
from models.language.truncation import (
    choices_by_entropy,
    epsilon,
    matched_threshold,
    nucleus_without_crossing,
    top_each,
)

Order = Literal["temperature first", "filters first"]

Rule = Literal[
    "as published", "k by entropy", "k by entropy, shuffled", "k by entropy, shuffled within a kind",
    "crossing token dropped", "one threshold for all contexts", "generator restarted", "another generator",
]  # fmt: skip


def by_entropy(rule: Rule, z: Tensor) -> Tensor:
    """How many tokens each context keeps, (B,): by its own entropy, or by that of another context."""
    k = choices_by_entropy(z)
    if rule == "k by entropy, shuffled":
        return k.roll(len(z) // 2 + 1)
    if rule == "k by entropy, shuffled within a kind":
        return k.unflatten(0, (len(KINDS), -1)).roll(1, dims=1).flatten()
    return k


class Pipeline(NamedTuple):
    """The temperature and the filters, as they are set."""

    temperature: float
    k: int  # 0: off
    p: float  # 1: off
    min_p: float  # 0: off
    order: Order
    rule: Rule


def filters(c: Pipeline, reference: Tensor) -> list[tuple[str, Callable[[Tensor], Tensor]]]:
    """The filters that are on, in their order; ``reference`` (B, V) are logits on which a threshold is matched."""
    found: list[tuple[str, Callable[[Tensor], Tensor]]] = []
    if c.rule.startswith("k by entropy"):
        found.append(("top-k", lambda z: top_each(z, by_entropy(c.rule, z))))
    elif c.k:
        found.append(("top-k", lambda z: top_k(z, c.k)))
    if c.p < 1:
        cut = nucleus_without_crossing if c.rule == "crossing token dropped" else top_p
        found.append(("top-p", lambda z: cut(z, c.p)))
    if c.min_p and c.rule == "one threshold for all contexts":
        threshold = matched_threshold(
            reference, min_p(reference, c.min_p).isfinite().sum(dim=-1).double().mean().item()
        )
        found.append(("one threshold", lambda z: epsilon(z, threshold)))
    elif c.min_p:
        found.append(("min-p", lambda z: min_p(z, c.min_p)))
    return found


def stages(c: Pipeline, z: Tensor, reference: Tensor) -> dict[str, Tensor]:
    """Logits (B, V) before the filters and after each, all at the temperature in the end."""
    first = c.order == "temperature first"
    warm = tempered(z, c.temperature)
    current, found = (warm if first else z), {"all": warm}
    for name, cut in filters(c, tempered(reference, c.temperature) if first else reference):
        current = cut(current)
        found[name] = current if first else tempered(current, c.temperature)
    return found
