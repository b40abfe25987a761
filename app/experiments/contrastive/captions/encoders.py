"""What the trained encoders make of new pictures: which caption they prefer, and the loss."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import normalize

from app.experiments.memo import memo
from models.contrastive.clip import START, similarities, symmetric_loss
from models.data.captioned_shapes import captions, kinds, pictures, pictures_of_two, recoloured, second
from models.seeding import generator
from models.training.clip import ARMS, pretrained

ASKED = 10
"""Pictures of each kind in the accuracies."""

Batches = Literal["40 at random", "5 at random", "5, all colours different"]
SHIPPED: Mapping[Batches, str] = dict(zip(("40 at random", "5 at random", "5, all colours different"), ARMS))
Shown = Literal["one shape", "two shapes"]


def turned(w: Tensor, order: str) -> Tensor:
    """Captions (B, T) with their words from the last to the first, the gaps behind them."""
    if order == "as written":
        return w
    back = w.flip(-1)
    return back.gather(-1, torch.argsort((back < 0).long(), dim=-1, stable=True))


@memo
@torch.no_grad()
def named(batches: Batches, order: str, training: int, seed: int) -> dict[str, Tensor]:
    """Which of all 40 captions is most similar to new pictures, by what it says rightly."""
    model, every = pretrained(SHIPPED[batches], training), torch.cat([kinds(unseen=False), kinds(unseen=True)])
    names = normalize(model.caption(turned(captions(every), order)), dim=-1)
    found = {}
    for name, unseen in (("trained pairs", False), ("new pairs", True)):
        k = kinds(unseen).repeat(ASKED, 1)
        read = model.picture(pictures(k, generator(seed + 1)))
        found[name] = every[(read @ names.T).argmax(-1)] == k
    return found


@memo
@torch.no_grad()
def loss_of_batches(batches: Batches, training: int, seed: int) -> float:
    """Of pictures never seen, in batches put together as in training."""
    pick, size = ARMS[SHIPPED[batches]]
    model, draws = pretrained(SHIPPED[batches], training), generator(seed + 3)
    k = torch.cat([pick(kinds(unseen=False), draws) for _ in range(5)])
    _, trace = model(pictures(k, draws), captions(k))
    I, T = (each.unflatten(0, (-1, size)) for each in trace)  # noqa: E741
    return symmetric_loss(similarities(I, T, START + model.scale)).item()


def seen(shown: Shown, k: Tensor, other: Tensor, draws: torch.Generator) -> Tensor:
    return pictures(k, draws) if shown == "one shape" else pictures_of_two(k, other, draws)


@memo
@torch.no_grad()
def right_colour(shown: Shown, batches: Batches, order: str, training: int, seed: int) -> Tensor:
    """Whether a picture prefers its caption to the same one in another colour: that of the second shape, if any."""
    model, draws = pretrained(SHIPPED[batches], training), generator(seed + 5)
    k = torch.cat([kinds(unseen=False), kinds(unseen=True)]).repeat(ASKED, 1)
    other = second(k, draws)
    read = model.picture(seen(shown, k, other, draws))
    right, wrong = (
        (read * normalize(model.caption(turned(captions(one), order)), dim=-1)).sum(-1)
        for one in (k, recoloured(k, other))
    )
    return right > wrong
