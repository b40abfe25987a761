"""Neurons that learn by STDP while a pattern repeats in noise: ``python -m models.training.repeated_pattern``.

Twelve neurons per arm, each with its own pattern, noise and starting voltage of 0; nothing is trained by gradients.
"""

import time
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.checkpoints import load_state
from models.data.repeated_pattern import Kind, stream
from models.spiking.stdp import Rule, learn, read
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made

NAME = "repeated_pattern"
TRAININGS, SECONDS, PART_SECONDS = 12, 45, 5
THRESHOLD, START = 26.0, 0.3
"""The voltage at which the neuron fires, and all weights before learning."""

HEARD = 5_000
"""Steps on which a card is measured."""


class Arm(NamedTuple):
    """What the neurons hear, and the amplitudes of their rule."""

    kind: Kind = "repeated"
    a: float = 0.03
    b: float = 0.88

    @property
    def name(self) -> str:
        return f"{self.kind.replace(' ', '_')}_{self.a:g}_{self.b:g}"


ARMS = {
    "repeated": Arm(),
    "jittered": Arm("jittered"),
    "on other inputs": Arm("on other inputs"),
    "never repeated": Arm("never repeated"),
    "repeated, weaker depression": Arm(b=0.7),
}


@cache
def pretrained(name: str) -> Tensor:
    """Weights of the neurons of an arm after 0, 5, … seconds.  (P, R, N)"""
    return load_state(NAME)[ARMS[name].name]


class Heard(NamedTuple):
    """How a neuron with fixed weights answers to input that it has not heard before."""

    spikes: int
    inside: int
    """Of the spikes, those during the pattern."""
    share: float
    """Of the time, that of the pattern."""
    hits: float
    """Of the repetitions, those with a spike."""
    latency: float
    """Mean ms from the start of a repetition to the first spike in it; not a number without any."""

    @property
    def selective(self) -> bool:
        """At least three times as many spikes inside the pattern as its share of the time, and most of it found."""
        return self.spikes > 0 and self.inside / self.spikes > 3 * self.share and self.hits > 0.5

    @property
    def silent(self) -> bool:
        return self.hits < 0.1 and self.spikes < 10


def heard(name: str, training: int, weights: Tensor, steps: int, seed: int) -> Heard:
    """The neuron hears its own pattern, as it was trained, in new noise."""
    given = stream(training, ARMS[name].kind, steps, seed)
    spikes = read(given.spikes.float(), weights, THRESHOLD)
    first = [spikes[start : start + 50].nonzero()[:1, 0] for start in given.starts.tolist()]
    found = torch.cat(first).float()
    return Heard(
        int(spikes.sum()),
        int(spikes[given.inside].sum()),
        given.inside.float().mean().item(),
        len(found) / len(first),
        found.mean().item(),
    )


def measured(weights: Mapping[str, Tensor]) -> dict[str, float]:
    """After 20 seconds: selective and silent neurons of each arm."""
    found = {}
    for name, kept in weights.items():
        last = [heard(name, r, kept[min(4, len(kept) - 1), r], HEARD, UNSEEN + r) for r in range(kept.shape[1])]
        key = name.replace(",", "").replace(" ", "_")
        found[f"selective_{key}"] = float(sum(one.selective for one in last))
        found[f"silent_{key}"] = float(sum(one.silent for one in last))
    return found


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    steps, started = options.steps or 1000 * SECONDS, time.perf_counter()
    state = {}
    with torch.inference_mode():
        for name, arm in ARMS.items():
            x = torch.stack([stream(r, arm.kind, steps, 1_000 + r).spikes for r in range(TRAININGS)])
            full = lambda value: torch.full((TRAININGS,), value)
            plastic = learn(x, Rule(full(arm.a), full(arm.b), full(THRESHOLD)), START, SECONDS // PART_SECONDS)
            state[arm.name] = plastic.weights.half().float()
            print(name, plastic.spikes.unflatten(1, (SECONDS // PART_SECONDS, -1)).sum(2).int().tolist(), flush=True)
    told = {
        "data": "random spikes of 400 inputs, of which 260 repeat a pattern of 50 ms in a quarter of the time",
        "trainings": TRAININGS,
        "seconds": round(time.perf_counter() - started, 1),
    }
    metrics = measured({name: state[arm.name] for name, arm in ARMS.items()})
    finish(NAME, nn.Module(), Plan(steps), options, metrics, state=state, **told)


CHECKPOINTS = {NAME: Made(lambda: measured({name: pretrained(name) for name in ARMS}))}


if __name__ == "__main__":
    main()
