"""Nineteen liquid cells that steer a car: ``python -m models.training.circuit_policies``.

They imitate an exact controller along their own drives. Trainings on wirings of a neural circuit policy, and on wirings
with as many synapses at random ends, lie in one checkpoint, each with a wiring of its own.
"""

from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor

from models.continuous.circuit_policy import CircuitPolicy, Drive, wire
from models.continuous.wiring import Wiring, circuit_policy, rewired
from models.data.winding_road import AHEAD, roads
from models.seeding import generator
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "circuit_policies"
INTER, COMMAND, MOTOR = 12, 6, 1
CELLS = INTER + COMMAND + MOTOR
PLAN = plan_of(300, learning_rate=2e-2)
CARS, LENGTH, HELD_OUT, DRIVE = 24, 30, 32, 120
KINDS = ("circuit", "circuit_again", "random")


def wiring_of(kind: str, training: int) -> Wiring:
    """The synapses of one training; ``circuit_again`` has other wirings of the same plan."""
    draws = generator(training + (100 if kind == "circuit_again" else 0))
    planned = circuit_policy(
        len(AHEAD), INTER, COMMAND, MOTOR, sensory_fan_out=4, inter_fan_out=3, recurrent=6, motor_fan_in=6,
        draws=draws,
    )  # fmt: skip
    return rewired(planned, draws) if kind == "random" else planned


def begun(cars: int, draws: torch.Generator) -> tuple[Tensor, ...]:
    """Roads, and cars that begin off the middle and at an angle."""
    return (*roads(cars, draws), 0.7 * torch.randn(cars, generator=draws), 0.1 * torch.randn(cars, generator=draws))


def loss(models: SideBySide, draws: torch.Generator, cars: int = CARS) -> Tensor:
    """The sum of the trainings' squared errors in steering, in units of 0.03 / m, each on drives of its own."""
    given = apart(begun(TRAININGS * cars, draws))
    with torch.autocast("cpu", enabled=False):
        missed = models(*given, torch.zeros(TRAININGS, LENGTH))
        return TRAININGS * (missed / 0.03).square().mean()


@torch.inference_mode()
def driven(policy: CircuitPolicy, cars: int, draws: torch.Generator, steps: int = DRIVE) -> Drive:
    """Held-out drives."""
    return policy(*begun(cars, draws), torch.zeros(steps))[1]


def lateral_error(drive: Drive) -> float:
    """Root mean square of the offset from the middle, in metres, once the start is over."""
    return drive.cars.e[:, LENGTH:].square().mean().sqrt().item()


def measured(models: Mapping[str, list[CircuitPolicy]]) -> dict[str, float]:
    """The mean lateral error of the five trainings of each kind."""
    return {
        f"{kind}_lateral_error_m": sum(lateral_error(driven(one, HELD_OUT, generator(UNSEEN))) for one in trainings)
        / TRAININGS
        for kind, trainings in models.items()
    }


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, (PLAN.steps,))
    cars = options.batch or CARS
    kinds = {}
    for name in KINDS:
        order = iter(range(TRAININGS))

        def started(policy: CircuitPolicy, name: str = name, order: "iter" = order) -> None:
            training = next(order)
            wire(policy, wiring_of(name, training), generator(training))

        kinds[name] = Kind(
            lambda: CircuitPolicy(CELLS), lambda models, draws: loss(models, draws, cars), started
        )  # fmt: skip
    made = all_trained(kinds, plan, snapshots or (plan.steps,))
    told = {
        "data": f"roads of three sine waves, {CARS} cars of {LENGTH} m, fresh at every step",
        "architecture": {"inter": INTER, "command": COMMAND, "motor": MOTOR},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=32)
def pretrained(kind: str, training: int, device: str = "cpu") -> CircuitPolicy:
    """One training; share it."""
    return restored(NAME, kind, lambda: CircuitPolicy(CELLS), training).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(KINDS, pretrained)))}


if __name__ == "__main__":
    main()
