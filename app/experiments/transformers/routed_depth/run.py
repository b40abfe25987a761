"""Held-out texts through five trainings of the chosen arm: who enters, what is right, what it costs."""

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.cost.routed_depth_cost import predictor_flops, routed_block_flops, router_flops, shared_flops
from models.data.symbols_among_fillers import LENGTH, LETTERS, MixedTexts, texts
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training import stacked_depths
from models.training.cells import TRAININGS
from models.training.routed_depth_arms import ARMS, config, pretrained
from models.transformer.mixture_of_depths import RoutingTrace

ROWS = 64
SHOWN = 4
"""Texts of the map."""

CAPACITIES = (0, 2, 4, 8, 12, 16, 24, 32)
Model = Literal[
    "learned router", "learned, weight in a sigmoid", "router weight not multiplied", "random routing",
    "every fourth token", "smaller dense model", "dense, every token enters", "no token enters",
]  # fmt: skip
WITH_ROUTER: tuple[Model, ...] = "learned router", "learned, weight in a sigmoid", "router weight not multiplied"
NAMES: Mapping[Model, str] = {
    "learned router": "learned",
    "learned, weight in a sigmoid": "sigmoid",
    "router weight not multiplied": "unweighted",
    "random routing": "random",
    "every fourth token": "fourth",
    "smaller dense model": "dense",
    "dense, every token enters": "all",
    "no token enters": "none",
}
"""As the page calls an arm → its name in the checkpoint."""

ROUTERLESS = "dense", "all", "none"


class RoutedDepthControls(Controls):
    model: Model = Field("learned router", title="Trained model")
    capacity: int = Field(
        8, ge=0, le=LENGTH, title="Tokens that enter, of 32", description="Routed models were trained with 8"
    )
    choice: Literal["top-k of the whole text", "causal predictor"] = Field(
        "top-k of the whole text", title="Choice", description="The predictor sees no later token and ignores capacity"
    )


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


class RoutedDepthResult(NamedTuple):
    controls: RoutedDepthControls
    texts: MixedTexts
    here: Pass  # as the controls say
    chosen: Pass  # the same by top-k
    predicted: Pass  # the same by the predictor
    accuracies: dict[Model, Tensor]  # (5,) of each arm as it was trained
    flops: dict[Model, float]  # per text, as it was trained
    flops_here: float  # per text, as the controls say
    by_capacity: Tensor  # (len(CAPACITIES),) accuracy of the chosen arm on hard tokens
    gradient: Tensor  # (5,) the router's gradient norm over that of the whole model
    changed: Tensor  # (5, B) bool: whether an earlier choice changes with the last token
    stack: Stack
    stack_routing: str  # learned or random
    parameters: int


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


def flops_of(arm: str, entering: Tensor, predictor: bool) -> float:
    """Mean operations per text, from how many tokens of each enter, (…)."""
    c = config(arm)
    blocks = [routed_block_flops(k, c.decoder) for k in entering.flatten().tolist()]
    routing = 0 if arm in ROUTERLESS else router_flops(LENGTH, c.decoder)
    choosing = predictor_flops(LENGTH, c.decoder) if predictor else 0
    return shared_flops(LENGTH, c) + routing + choosing + sum(blocks) / len(blocks)


def run(controls: RoutedDepthControls, device: str) -> RoutedDepthResult:
    """On the CPU whatever the device: models of a few thousand weights."""
    c, arm = controls, NAMES[controls.model]
    k, routed = (ARMS[arm].k, False) if arm in ROUTERLESS else (c.capacity, True)
    chosen, predicted = passed(arm, k, c.seed, False), passed(arm, k, c.seed, routed)
    predictor = routed and c.choice == "causal predictor"
    here = predicted if predictor else chosen
    stack = "random" if c.model == "random routing" else "learned"
    return RoutedDepthResult(
        c, held_out(c.seed), here, chosen, predicted,
        {name: passed(one, ARMS[one].k, c.seed, False).accuracy for name, one in NAMES.items()},
        {name: flops_of(one, torch.tensor([ARMS[one].k]), False) for name, one in NAMES.items()},
        flops_of(arm, here.entered.sum(dim=2), predictor),
        torch.stack([passed(arm, k, c.seed, False).accuracy.mean() for k in CAPACITIES]),
        router_gradient(arm, c.seed), earlier_changed(arm, k, c.seed, predictor),
        stacked_pass(stack, predictor and stack == "learned", c.seed), stack, parameter_count(pretrained(arm, 0)),
    )  # fmt: skip


def percent(share: Tensor) -> float:
    return 100 * share.float().mean().item()


def share(chosen: Tensor, among: Tensor) -> float:
    """Percent of ``among`` for which it is so; not a number where there is none."""
    return 100 * chosen[among].float().mean().item()


def measure(result: RoutedDepthResult) -> Measurements:
    here, hard = result.here, result.texts.hard
    right, inside = result.stack.right, result.stack.entered.any(dim=1)
    random = result.accuracies["random routing"]
    c = result.controls
    return {
        "router_chooses": float(c.model in WITH_ROUTER and 0 < c.capacity < LENGTH),
        "hard_accuracy_percent": percent(here.accuracy),
        "lowest_hard_accuracy_percent": percent(here.accuracy.min()),
        "accuracy_above_random_points": percent(here.accuracy) - percent(random),
        "filler_accuracy_percent": percent(here.filler_accuracy),
        "hard_entering_percent": percent(here.entered[:, hard]),
        "filler_entering_percent": percent(here.entered[:, ~hard]),
        "kiloflops_per_text": result.flops_here / 1000,
        "routers_with_gradient": int((result.gradient > 0).sum()),
        "router_gradient_percent": percent(result.gradient),
        "predictor_agreement_percent": percent(result.chosen.entered == result.chosen.predicted),
        "predictor_accuracy_change_points": percent(result.predicted.accuracy) - percent(result.chosen.accuracy),
        "predictor_loss_change_nats": (result.predicted.loss - result.chosen.loss).mean().item(),
        "earlier_choices_changed_percent": percent(result.changed),
        "stack_hard_entering_percent": share(inside, hard),
        "stack_filler_entering_percent": share(inside, ~hard),
        "stack_right_inside_percent": share(right, hard & inside),
        "stack_right_outside_percent": share(right, hard & ~inside),
        "loss_nats": here.loss.mean().item(),
    }
