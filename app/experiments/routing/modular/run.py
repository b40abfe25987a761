"""Two functions one after the other: modules that are put together, and one network that learns every pair, live."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from models.data.two_step_functions import TwoStepFunctions, plant_functions
from models.routing.modular_training import NETWORKS, ModularLook, ModularTraining, route_information

PAUSE_SECONDS, LOOK_EVERY = 0.25, 10


class ModularControls(Controls):
    codes: Literal["right", "shuffled"] = Field(
        "right", title="Codes when asked", description="Which functions to apply"
    )
    held_out: Literal["a fifth", "none"] = Field("a fifth", title="Pairs held out", description="Or shown after all")
    modules: Literal[3, 5, 8] = Field(5, title="Modules", description="For 5 functions")
    steps: int = Field(300, ge=100, le=400, multiple_of=20, title="Training steps")
    symbols: Literal[8, 16] = Field(16, title="Symbols", json_schema_extra=MORE)


class ModularResult(NamedTuple):
    controls: ModularControls
    task: TwoStepFunctions
    steps: list[int]
    looks: list[ModularLook]
    parameters: list[int]


def run(controls: ModularControls, device: str) -> Iterator[ModularResult]:
    task = plant_functions(controls.seed, symbols=controls.symbols, held_out=controls.held_out == "a fifth")
    training = ModularTraining(task, controls.modules, controls.seed, device=device)
    shuffled = controls.seed if controls.codes == "shuffled" else None
    steps, looks, shown = [0], [training.look(shuffled)], 0.0
    for step in range(1, controls.steps + 1):
        training.step()
        if step % LOOK_EVERY == 0:
            steps.append(step)
            looks.append(training.look(shuffled))
            if step == controls.steps or time.perf_counter() - shown > PAUSE_SECONDS:
                yield ModularResult(controls, task, list(steps), list(looks), training.parameters)
                shown = time.perf_counter()


def on(look: ModularLook, pairs: Tensor) -> Tensor:
    """Mean accuracy of each network on some pairs, (3,)."""
    first, second = pairs.T
    return look.accuracy[:, first, second].mean(dim=-1)


def measure(result: ModularResult) -> Measurements:
    last = result.looks[-1]
    seen, unseen = on(last, result.task.seen), on(last, result.task.unseen)
    names = [name.replace(" ", "_") for name in NETWORKS]
    return {
        **{f"unseen_accuracy_{name}": value for name, value in zip(names, unseen.tolist())},
        **{f"seen_accuracy_{name}": value for name, value in zip(names, seen.tolist())},
        "unseen_given_over_one_network": (unseen[0] - unseen[2]).item(),
        "route_information_share": route_information(last.route).item(),
        "chance_accuracy": 1 / result.controls.symbols,
        "one_network_weights_over_modules": result.parameters[2] / result.parameters[0],
    }
