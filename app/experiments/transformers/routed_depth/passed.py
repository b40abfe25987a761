"""Held-out texts through the five trainings of an arm in one pass: what is right, who enters, what is learned."""

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from app.experiments.memo import memo
from models.data.symbols_among_fillers import LETTERS, MixedTexts, texts
from models.seeding import generator
from models.training import stacked_depths
from models.training.cells import TRAININGS
from models.training.routed_depth_arms import ARMS, pretrained
from models.transformer.mixture_of_depths import RoutingTrace

ROWS = 64


class Pass(NamedTuple):
    """One arm on held-out texts, five trainings."""

    accuracy: Tensor  # (5,) on hard tokens
    filler_accuracy: Tensor  # (5,)
    loss: Tensor  # (5,) nats per token
    entered: Tensor  # (5, B, T) bool
    predicted: Tensor  # (5, B, T) bool, by the predictor


class Stack(NamedTuple):
    """Three routed blocks behind one another, one training on the held-out texts."""

    right: Tensor  # (B, T) bool
    entered: Tensor  # (B, L, T) bool


def held_out(seed: int) -> MixedTexts:
    return texts(ROWS, generator(seed))


@cache
def stacked(arm: str) -> dict[str, Tensor]:
    """The weights of the five trainings, each (5, …)."""
    with torch.inference_mode(False):
        trainings = [pretrained(arm, n).state_dict() for n in range(TRAININGS)]
        return {name: torch.stack([one[name] for one in trainings]) for name in trainings[0]}


def forward(arm: str, ids: Tensor, k: int, seed: int, predictor: bool) -> tuple[Tensor, RoutingTrace]:
    """Logits (5, B, T, C) and traces of the five trainings, in one pass."""
    scores = ARMS[arm].scores
    given = scores(len(ids), generator(seed + 1)) if scores else None
    model = pretrained(arm, 0)
    logits, trace = torch.vmap(lambda weights: functional_call(model, weights, (ids, k, given, predictor)))(
        stacked(arm)
    )
    return logits, trace


@memo
@torch.inference_mode()
def passed(arm: str, k: int, seed: int, predictor: bool) -> Pass:
    ids, classes, hard = held_out(seed)
    logits, trace = forward(arm, ids, k, seed, predictor)
    right = logits.argmax(dim=-1) == classes  # (5, B, T)
    losses = torch.stack([cross_entropy(one.flatten(0, 1), classes.flatten()) for one in logits])
    return Pass(
        right[:, hard].float().mean(dim=1), right[:, ~hard].float().mean(dim=1), losses, trace.entered,
        trace.predicted > 0,
    )  # fmt: skip


@memo
def router_gradient(arm: str, seed: int) -> Tensor:
    """The norm of the loss's gradient at the router over that at all weights, (5,)."""
    ids, classes, _ = held_out(seed)
    with torch.inference_mode(False):
        weights = {name: weight.clone().requires_grad_() for name, weight in stacked(arm).items()}
        scores = ARMS[arm].scores
        given = scores(len(ids), generator(seed + 1)) if scores else None
        model = pretrained(arm, 0)
        logits = torch.vmap(lambda one: functional_call(model, one, (ids, ARMS[arm].k, given))[0])(weights)
        loss = TRAININGS * cross_entropy(logits.flatten(0, 2), classes.flatten().repeat(TRAININGS))
        found = torch.autograd.grad(loss, list(weights.values()), allow_unused=True, materialize_grads=True)
    norms = {name: gradient.flatten(1).norm(dim=1) for name, gradient in zip(weights, found, strict=True)}
    return norms["routed.router"] / torch.stack(list(norms.values())).norm(dim=0)


@memo
@torch.inference_mode()
def earlier_changed(arm: str, k: int, seed: int, predictor: bool) -> Tensor:
    """Whether the choice of an earlier token changes once the last is a filler instead of a hard token, or the other
    way round: (5, B).
    """
    ids, _, hard = held_out(seed)
    other = ids.clone()
    other[:, -1] = torch.where(hard[:, -1:], LETTERS, 0)
    before, after = (forward(arm, one, k, seed, predictor)[1].entered for one in (ids, other))
    return (before != after)[..., :-1].any(dim=-1)


@memo
@torch.inference_mode()
def stacked_pass(arm: str, predictor: bool, seed: int) -> Stack:
    """Through the training that the seed picks."""
    ids, classes, _ = held_out(seed)
    scores = stacked_depths.at_random(len(ids), generator(seed + 1)) if arm == "random" else None
    model = stacked_depths.pretrained(arm, seed % TRAININGS)
    logits, traces = model(ids, stacked_depths.TAKEN, scores, predictor)
    return Stack(logits.argmax(dim=-1) == classes, torch.stack([trace.entered for trace in traces], dim=1))
