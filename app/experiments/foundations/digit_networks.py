"""Small digit networks that train while the page is open: side by side, on the same digits, from the same start."""

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.live_training import PAUSE_SECONDS, SNAPSHOTS, Progress
from app.experiments.memo import memo
from models.data.digits import digits
from models.layers.digit_mlp import Activation, DigitMLP, each
from models.layers.swish import Swish
from models.seeding import generator

EVERY, WATCHED = 10, 500
"""Steps between two points of a learning curve, and how many of the training digits it is measured on."""

S = TypeVar("S")


class Digits(NamedTuple):
    pixels: Tensor  # (B, 64) from 0, paper, to 1, ink
    labels: Tensor  # (B,)


@cache
def digit_pixels(device: str) -> tuple[Digits, Digits]:
    """1500 to train on and 297 held out."""
    learn, held_out = (Digits((part.images.flatten(1).to(device) + 1) / 2, part.labels.to(device)) for part in digits())
    return learn, held_out


class Plan(NamedTuple):
    """One network per activation function, all of one shape. ``rates`` has one learning rate, or one per network."""

    functions: tuple[Activation, ...]
    seed: int
    depth: int = 3
    steps: int = 300
    rates: tuple[float, ...] = (3e-3,)
    optimizer: str = "Adam"
    batch: int = 64
    gains: tuple[float, ...] = (1.0,)
    last_gain: float = 1.0
    first_bias: float = 0.0
    """Of every unit of the first hidden layer, at the start."""
    learned_beta: float | None = None
    """Where the β of a Swish starts that is learned in place of ``functions``; None: nothing of the kind is learned."""
    compensated: tuple[float, ...] = (0.0,)
    """What the hidden units of each network are raised by: the biases of the next layer start so as to undo it."""
    later_rate: float = 0.0
    """The learning rate after ``change_at`` steps, if above 0."""
    change_at: int = 0

    def start(self, device: str) -> DigitMLP:
        networks = len(self.functions)
        gains = self.gains * (networks // len(self.gains))
        own = self.learned_beta
        model = DigitMLP(
            each(self.functions) if own is None else Swish(own, networks), networks=networks, depth=self.depth,
            gain=gains, last_gain=self.last_gain, seed=self.seed,
        )  # fmt: skip
        with torch.no_grad():
            model.b[0].fill_(self.first_bias)
            raised = torch.tensor(self.compensated)[:, None, None]
            for W, b in zip(model.W[1:], model.b[1:], strict=True):
                b.sub_(raised * W.sum(1, keepdim=True))
        return model.to(device)


class Learnt(NamedTuple):
    """The networks after a part of a training."""

    model: DigitMLP
    optimizer: dict[str, Any]
    accuracies: list[Tensor]  # (R,) each, on the watched training digits, every ten steps

    def learning_curve(self) -> tuple[Tensor, Tensor]:
        """Steps (S,) and accuracies (R, S)."""
        return EVERY * torch.arange(len(self.accuracies)), torch.stack(self.accuracies, dim=1)


@memo
def learnt(plan: Plan, part: int, device: str) -> Learnt:
    """After ``part`` of the SNAPSHOTS parts of the plan's steps; every part is computed once."""
    learn, _ = digit_pixels(device)
    watched = Digits(learn.pixels[:WATCHED], learn.labels[:WATCHED])
    if part == 0:
        model = plan.start(device)
        return Learnt(model, {}, [accuracy(model, watched)])
    before = learnt(plan, part - 1, device)
    model, accuracies = copy.deepcopy(before.model), list(before.accuracies)
    weights = list(model.parameters())
    optimizer = _optimizer(plan, weights)
    if before.optimizer:
        optimizer.load_state_dict(copy.deepcopy(before.optimizer))
    draws = generator(10_000 * (plan.seed + 1) + part)
    highest = max(plan.rates)
    shares = torch.tensor(plan.rates, device=device)[:, None, None] / highest
    for step in range(plan.steps * (part - 1) // SNAPSHOTS, plan.steps * part // SNAPSHOTS):
        if plan.later_rate and step >= plan.change_at:
            optimizer.param_groups[0]["lr"] = plan.later_rate
        chosen = torch.randint(len(learn.labels), (plan.batch,), generator=draws).to(device)
        for weight, gradient in zip(weights, gradients(model, learn, chosen), strict=True):
            weight.grad = gradient
        held = [weight.detach().clone() for weight in weights] if len(plan.rates) > 1 else []
        optimizer.step()
        with torch.no_grad():  # a step at the highest rate, of which each network goes its own share
            for weight, old in zip(weights, held):
                weight.copy_(old + shares * (weight - old))
        if (step + 1) % EVERY == 0:
            accuracies.append(accuracy(model, watched))
    return Learnt(model, optimizer.state_dict(), accuracies)


def _optimizer(plan: Plan, weights: Sequence[Tensor]) -> torch.optim.Optimizer:
    if plan.optimizer == "Adam":
        return torch.optim.Adam(weights, max(plan.rates), fused=True)
    return torch.optim.SGD(weights, max(plan.rates))


def gradients(model: DigitMLP, on: Digits, chosen: Tensor | None = None) -> tuple[Tensor, ...]:
    """Of each network's own mean cross-entropy on the chosen digits, one tensor per parameter."""
    x, labels = (on.pixels, on.labels) if chosen is None else (on.pixels[chosen], on.labels[chosen])
    logits, _ = model(x)
    loss = cross_entropy(logits.flatten(0, 1), labels.repeat(len(logits))) * len(logits)
    return torch.autograd.grad(loss, list(model.parameters()))


@torch.no_grad()
def accuracy(model: DigitMLP, on: Digits) -> Tensor:
    """(R,)"""
    logits, _ = model(on.pixels)
    return (logits.argmax(-1) == on.labels).float().mean(-1)


def trained(plan: Plan, evaluate: Callable[[Learnt], S], device: str) -> Iterator[Progress[S]]:
    """What ``evaluate`` says of the networks before training and after every part of it, a few times a second."""
    found, taken, given = [], [], -PAUSE_SECONDS
    for part in range(SNAPSHOTS + 1):
        found.append(evaluate(learnt(plan, part, device)))
        taken.append(plan.steps * part // SNAPSHOTS)
        if part == SNAPSHOTS or (part > 0 and time.perf_counter() - given > PAUSE_SECONDS):
            yield Progress(list(found), list(taken), taken[-1], plan.steps)
            given = time.perf_counter()


def parameters_of(model: DigitMLP) -> int:
    """Weights and biases of one network."""
    return sum(weight[0].numel() for weight in model.parameters())
