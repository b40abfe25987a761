"""Cellular automata that grow one picture, trained in three ways: ``python -m models.training.growing``.

``seed`` begins each step of the training with the seed cell. The others do so for 1,000 steps; then ``pool`` mostly
goes on from states that the rule led to before; ``damage`` does so too, and erases a disc in half of them. Five
trainings of each lie in one checkpoint.

Paper: Mordvintsev et al. 2020, "Growing Neural Cellular Automata" (Distill), experiments 1 to 3.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import get_args

import torch
from torch import Tensor, nn

from models.cellular.automaton import Automaton, erased, seed_cell
from models.cellular.chance import taking_part
from models.data.drawn_target import SIZE
from models.training.beginnings import CHANNELS, PART, Beginnings, Way, error
from models.training.cells import TRAININGS, one_of, plan_of, restored, shipped, trained
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made

NAME = "growing"
HIDDEN, BATCH = 48, 4

FIRST, STEPS = 1000, 2500
"""Every way begins with the same ``FIRST`` steps from the seed, and has ``STEPS`` in all."""
PLANS = {
    "seed": plan_of(STEPS, 5e-3),
    "pool": plan_of(STEPS - FIRST, 4e-3),
    "damage": plan_of(STEPS - FIRST, 4e-3),
}


def automaton() -> Automaton:
    return Automaton(CHANNELS, HIDDEN)


@torch.inference_mode()
def errors(model: nn.Module) -> tuple[float, float, float]:
    """The error after 40 steps, after 60 more, and 60 steps after a disc was erased at step 40."""
    grown = model(seed_cell(SIZE, CHANNELS), taking_part(UNSEEN, 0, 40, SIZE, PART))[0]
    hit = erased(grown, torch.tensor([10.0]), torch.tensor([7.0]), torch.tensor([4.0]))
    later = taking_part(UNSEEN, 40, 60, SIZE, PART)
    on, after = (error(model(x, later)[0]).clamp(max=1).item() for x in (grown, hit))
    return error(grown).item(), on, after


def measured(models: Mapping[str, list[Automaton]]) -> dict[str, float]:
    """Mean errors of the trainings, above 1 counted as 1."""
    found = {}
    for way, trainings in models.items():
        each = torch.tensor([errors(model) for model in trainings])
        names = ("grown", "60_steps_on", "60_steps_after_damage")
        found |= {f"{way}_error_{name}": value for name, value in zip(names, each.mean(dim=0).tolist())}
    return found


def continued(weights: Mapping[str, Tensor]) -> Callable[[Automaton], object]:
    """What gives each training in turn the weights (N, S, …) of the first snapshot to begin with."""
    trainings = iter(range(TRAININGS))

    def started(model: Automaton) -> None:
        training = next(trainings)
        model.load_state_dict({name: weight[training, 0].float() for name, weight in weights.items()})

    return started


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    state: dict[str, Tensor] = {}
    models: dict[str, list[Automaton]] = {}
    seconds = 0.0
    started: Callable[[Automaton], object] = Automaton.start
    for way in get_args(Way):
        plan = dataclasses.replace(PLANS[way], steps=options.steps or PLANS[way].steps)
        begun = Beginnings(way, options.batch or BATCH)
        snapshots = [min(FIRST, plan.steps // 2), plan.steps] if way == "seed" else [plan.steps]
        weights, took = trained(automaton, begun.loss, plan, snapshots, started)
        if way == "seed":
            first = weights
        started = continued(first)
        print(way, flush=True)
        seconds += took
        state |= {f"{way}.{key}": weight[:, -1:] for key, weight in weights.items()}
        models[way] = [one_of(weights, automaton, training) for training in range(TRAININGS)]
    finish(
        NAME,
        nn.ModuleList(trainings[0] for trainings in models.values()),
        PLANS["seed"],
        options,
        measured(models),
        state=state,
        data="one picture of 16 × 16 cells, and states of the rule’s own",
        architecture={"channels": CHANNELS, "hidden": HIDDEN},
        trainings=TRAININGS,
        seconds=round(seconds, 1),
    )


@lru_cache(maxsize=32)
def pretrained(way: str, training: int, device: str = "cpu") -> Automaton:
    """The rule of one training; share it."""
    return restored(NAME, way, automaton, training).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(get_args(Way), pretrained)))}


if __name__ == "__main__":
    main()
