"""The rules that apply a temperature, and how likely each makes true and false ends of statements."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.text_model import TINY, text_model
from models.data.dice import Dice
from models.data.tiny_world import world
from models.data.world import Fact
from models.language.sampling import top_k
from models.layers.softmax import entropy, tempered_softmax, total_variation
from models.seeding import normal
from models.tokenization.tokenizer import ids_of

FACTS, FEW_FACTS = 80, 12  # statements; fewer for a published model, which only continues them
GRID = tuple(np.geomspace(0.05, 5, 17).round(4).tolist())
COLDEST, HOTTEST = 1e-5, 1e3  # as good as 0 and as infinity
LOW, HIGH = 0.25, 2.0  # the two temperatures that the claim on truth compares
STEMS = {"home": "{} lives in", "pet": "{} has a", "land": "{} belongs to"}  # the value comes next; three tokens each
Applied = Literal["logits are divided", "probabilities are divided", "noise is added"]
Kept = Literal["all", "512", "5"]


class Endings(NamedTuple):
    """The value that ends statements of the tiny world."""

    chances: dict[str, Tensor]  # verdict → (temperatures,) mean probability, at every temperature of GRID
    true: tuple[float, float]  # mean probability of the true value at LOW and at HIGH


class Quality(NamedTuple):
    """The next token of some beginnings of statements, at every temperature of GRID."""

    entropy: Tensor  # (temperatures,) mean, nats
    first_is_first: float  # share of statements and temperatures at which the largest logit has the largest probability
    from_greedy: float  # largest distance from the greedy choice at COLDEST, 0 to 1
    from_uniform: float  # largest distance from the uniform distribution at HOTTEST
    endings: Endings | None  # None for a published model, which does not know the tiny world


def divided(z: Tensor, temperature: Tensor | float) -> Tensor:
    """The probabilities divided by the temperature, then by their sum again: the temperature drops out."""
    p = z.softmax(dim=-1) / temperature
    return p / p.sum(dim=-1, keepdim=True)


def noised(z: Tensor, temperature: Tensor | float) -> Tensor:
    """softmax(z + τ ε) with normal noise ε (V,), the same at every temperature: the order of the tokens changes."""
    return (z + temperature * normal(z.shape[-1], seed=0).to(z.device)).softmax(dim=-1)


PROBABILITIES: dict[Applied, Callable[[Tensor, Tensor | float], Tensor]] = {
    "logits are divided": tempered_softmax,
    "probabilities are divided": divided,
    "noise is added": noised,
}


def distribution(z: Tensor, temperature: float, applied: Applied, kept: Kept) -> Tensor:
    """Probabilities of logits (…, V) by that rule, of the kept tokens; at 0 the likeliest token alone: (…, V)."""
    if kept != "all":
        z = top_k(z, int(kept))
    if temperature == 0:
        return torch.nn.functional.one_hot(z.argmax(dim=-1), z.shape[-1]).to(z.dtype)
    return PROBABILITIES[applied](z, temperature)


@memo
def quality(name: str, seed: int, applied: Applied, kept: Kept, device: str) -> Quality:
    """Facts chosen by the seed, stated often, seldom or never in training: what is how likely at each temperature?"""
    known = [fact for fact in world().facts if fact.relation in STEMS]
    facts = Dice(f"temperature {seed}").some(known, FACTS if name == TINY else FEW_FACTS)
    stems = [STEMS[fact.relation].format(fact.subject) for fact in facts]
    z = text_model(name, device).last_logits(stems).double()  # (N, V); small steps of the entropy want all digits
    every = [distribution(z, t, applied, kept) for t in GRID]
    cold, hot = (distribution(z, t, applied, kept) for t in (COLDEST, HOTTEST))
    return Quality(
        torch.stack([entropy(p).mean() for p in every]),
        torch.stack([(p.argmax(dim=-1) == z.argmax(dim=-1)).float().mean() for p in every]).mean().item(),
        (1 - cold.gather(1, z.argmax(dim=-1, keepdim=True))).max().item(),
        total_variation(hot, torch.full_like(hot, 1 / z.shape[-1])).max().item(),
        endings(facts, z, torch.stack(every), applied, kept) if name == TINY else None,
    )


def endings(facts: Sequence[Fact], z: Tensor, p: Tensor, applied: Applied, kept: Kept) -> Endings:
    """What statements of the tiny world end with, from logits z (N, V) and p (temperatures, N, V)."""
    right = torch.tensor([ids_of(fact.value)[0] for fact in facts], device=z.device)
    of_kind = {kind: {ids_of(fact.value)[0] for fact in world().facts if fact.relation == kind} for kind in STEMS}
    sensible = torch.zeros_like(z, dtype=torch.bool)
    for row, fact in zip(sensible, facts, strict=True):
        row[list(of_kind[fact.relation])] = True
    true = p.gather(-1, right.expand(len(GRID), -1)[..., None])[..., 0].mean(dim=-1)
    known = (p * sensible).sum(dim=-1).mean(dim=-1)
    ends = [distribution(z, t, applied, kept).gather(-1, right[:, None]).mean().item() for t in (LOW, HIGH)]
    return Endings({"true": true, "false": known - true, "neither": 1 - known}, (ends[0], ends[1]))
