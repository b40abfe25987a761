"""Held-out texts through five trainings of the chosen arm: who enters, what is right, what it costs."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.transformers.routed_depth.passed import (
    Pass,
    Stack,
    earlier_changed,
    held_out,
    passed,
    router_gradient,
    stacked_pass,
)
from models.cost.routed_depth_cost import predictor_flops, routed_block_flops, router_flops, shared_flops
from models.data.symbols_among_fillers import LENGTH, MixedTexts
from models.parameter_count import parameter_count
from models.training.routed_depth_arms import ARMS, config, pretrained

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
