"""Two functions one after the other: modules that are put together, and one network that learns every pair, live."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.data.two_step_functions import TwoStepFunctions, plant_functions
from models.routing.modular_training import NETWORKS, ModularSnapshot, ModularTraining, route_information

SNAPSHOT_EVERY = 10  # steps


class ModularControls(Controls):
    codes: Literal["right", "shuffled"] = Field(
        "right", title="Codes at test time", description="Which functions to apply"
    )
    held_out: Literal["a fifth", "none"] = Field("a fifth", title="Pairs held out", description="From training")
    modules: Literal[3, 5, 8] = Field(5, title="Modules", description="For 5 functions")
    steps: int = Field(300, ge=100, le=400, multiple_of=20, title="Training steps")
    symbols: Literal[8, 16] = Field(16, title="Symbols", json_schema_extra=MORE)


class ModularResult(NamedTuple):
    controls: ModularControls
    task: TwoStepFunctions
    progress: Progress[ModularSnapshot]
    parameters: list[int]


def run(controls: ModularControls, device: str) -> Iterator[ModularResult]:
    task = plant_functions(controls.seed, symbols=controls.symbols, held_out=controls.held_out == "a fifth")
    networks = ModularTraining(task, controls.modules, controls.seed, device=device)
    shuffled = controls.seed if controls.codes == "shuffled" else None
    snapshots = controls.steps // SNAPSHOT_EVERY
    for progress in training(networks.step, lambda: networks.evaluate(shuffled), controls.steps, snapshots):
        yield ModularResult(controls, task, progress, networks.parameters)


def on(snapshot: ModularSnapshot, pairs: Tensor) -> Tensor:
    """Mean accuracy of each network on some pairs, (3,)."""
    first, second = pairs.T
    return snapshot.accuracy[:, first, second].mean(dim=-1)


def measure(result: ModularResult) -> Measurements:
    last = result.progress.newest
    seen, unseen = on(last, result.task.seen), on(last, result.task.unseen)
    names = [name.replace(" ", "_") for name in NETWORKS]
    return {
        **{f"held_out_accuracy_{name}_share": value for name, value in zip(names, unseen.tolist())},
        **{f"trained_accuracy_{name}_share": value for name, value in zip(names, seen.tolist())},
        "route_information_share": route_information(last.route).item(),
        "chance_accuracy_share": 1 / result.controls.symbols,
        "one_network_weights_over_modules": result.parameters[2] / result.parameters[0],
    }
