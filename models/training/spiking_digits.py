"""Spiking networks that name digits, each through another surrogate: ``python -m models.training.spiking_digits``.

Every arm is five networks side by side, the same starts and the same batches in all arms. The optimiser is plain Adam
on each network's own loss, without the clipping of the common loop: it would hide gradients that explode.
"""

import time
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.checkpoints import load_state
from models.data.digits import Digits, digits
from models.data.spike_codes import latency_code, rate_code
from models.seeding import generator
from models.spiking.leaky_integrate_fire import soft_reset
from models.spiking.spiking_network import SpikingNetwork, reset_without_gradient
from models.spiking.surrogate import SurrogateSpike, arctan_bump, fast_sigmoid_bump, triangle_bump
from models.training.digit_pictures import DATA, begin
from models.training.finish import finish
from models.training.loop import Plan
from models.training.recipes import Made

NAME = "spiking_digits"
TRAININGS, BATCH, EVERY = 5, 64, 20
PLAN = Plan(steps=300, learning_rate=2e-3)
NARROWER = 10.0

BUMPS: Mapping[str, SurrogateSpike] = {
    "fast sigmoid": SurrogateSpike(fast_sigmoid_bump, 10.0),
    "arctan": SurrogateSpike(arctan_bump, 5.0),
    "triangle": SurrogateSpike(triangle_bump, 1.0),
    "narrow fast sigmoid": SurrogateSpike(fast_sigmoid_bump, 100.0),
    "narrow arctan": SurrogateSpike(arctan_bump, 50.0),
    "narrow triangle": SurrogateSpike(triangle_bump, 10.0),
    "narrow and tall fast sigmoid": SurrogateSpike(fast_sigmoid_bump, 100.0, 100.0),
}
"""The last has a height of its steepness, as the derivative of a sigmoid has; all others are 1 at the threshold."""

CODES = {"latency": latency_code, "rate": rate_code}


class Arm(NamedTuple):
    """How a network was trained."""

    code: str = "latency"
    bump: str = "fast sigmoid"
    through_reset: bool = False
    readout_only: bool = False

    @property
    def name(self) -> str:
        kind = "readout" if self.readout_only else self.bump.replace(" ", "_") + "_through" * self.through_reset
        return f"{self.code}_{kind}"

    def network(self, seeds: range = range(TRAININGS)) -> SpikingNetwork:
        return SpikingNetwork(
            seeds, gain=1.0 if self.code == "latency" else 0.4, spike=BUMPS[self.bump],
            carry=soft_reset if self.through_reset else reset_without_gradient,
        )  # fmt: skip


ARMS = (
    *(Arm(bump=bump, through_reset=through) for bump in BUMPS for through in (False, True)),
    Arm(readout_only=True),
    Arm(code="rate"),
)


class Learned(NamedTuple):
    """Five networks, and the accuracy of each on held-out digits as they learned."""

    network: SpikingNetwork
    steps: Tensor  # (P,)
    accuracy: Tensor  # (R, P)


def ink(data: Digits) -> Tensor:
    """From 0, paper, to 1.  (B, I)"""
    return (data.images.flatten(1) + 1) / 2


@cache
@torch.inference_mode(False)  # a first caller's inference mode must not rule out gradients for all others
def pretrained(arm: Arm) -> Learned:
    """The shipped ones."""
    state = load_state(NAME)
    network = arm.network()
    with torch.no_grad():
        for name, weight in network.named_parameters():
            weight.copy_(state[f"{arm.name}.{name}"])
    curve = state[f"{arm.name}.accuracy"]
    return Learned(network.requires_grad_(False), EVERY * torch.arange(curve.shape[1]), curve)


@torch.no_grad()
def accuracy(network: SpikingNetwork, spikes: Tensor, labels: Tensor) -> Tensor:
    """The share of digits of which the right output neuron fires most often, per network.  (R,)"""
    return (network(spikes)[0].argmax(-1) == labels).float().mean(-1)


def learn(arm: Arm, plan: Plan, batch: int, learned: Digits, held_out: Digits) -> Learned:
    """Train the five networks of an arm."""
    network = arm.network()
    shown, asked = CODES[arm.code](ink(learned)), CODES[arm.code](ink(held_out))
    weights = [network.second] if arm.readout_only else list(network.parameters())
    optimizer, draws = torch.optim.Adam(weights, plan.learning_rate), generator(plan.seed)
    found = [accuracy(network, asked, held_out.labels)]
    for step in range(1, plan.steps + 1):
        rows = torch.randint(len(learned.labels), (TRAININGS, batch), generator=draws)
        counts, _ = network(shown[rows])
        loss = TRAININGS * cross_entropy(counts.flatten(0, 1), learned.labels[rows].flatten())
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.grad = gradient
        optimizer.step()
        if step % EVERY == 0:
            found.append(accuracy(network, asked, held_out.labels))
    return Learned(network, EVERY * torch.arange(len(found)), torch.stack(found, dim=1))


def measured(networks: Mapping[Arm, SpikingNetwork], held_out: Digits) -> dict[str, float]:
    """Accuracy on held-out digits, mean of the five trainings of each arm."""
    return {
        f"accuracy_{arm.name}": accuracy(network, CODES[arm.code](ink(held_out)), held_out.labels).mean().item()
        for arm, network in networks.items()
    }


def main() -> None:
    options, learned, held_out = begin(__doc__)
    steps, started = options.steps or PLAN.steps, time.perf_counter()
    plan = Plan(steps=steps, learning_rate=PLAN.learning_rate)
    state, networks = {}, {}
    for arm in ARMS:
        found = learn(arm, plan, options.batch or BATCH, learned, held_out)
        for weight in found.network.parameters():
            weight.data = weight.data.half().float()
        networks[arm] = found.network
        state |= {f"{arm.name}.{name}": weight for name, weight in found.network.named_parameters()}
        state[f"{arm.name}.accuracy"] = found.accuracy
        print(arm.name, [round(last, 3) for last in found.accuracy[:, -1].tolist()], flush=True)
    told = {"data": DATA, "trainings": TRAININGS, "seconds": round(time.perf_counter() - started, 1)}
    finish(
        NAME, nn.ModuleList(networks.values()), plan, options, measured(networks, held_out), state=state, **told
    )  # fmt: skip


CHECKPOINTS = {NAME: Made(lambda: measured({arm: pretrained(arm).network for arm in ARMS}, digits()[1]))}


if __name__ == "__main__":
    main()
