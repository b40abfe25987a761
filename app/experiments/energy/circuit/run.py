"""Nineteen trained cells steer a car; one of them is silenced, and the car drives again."""

import copy
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.continuous.circuit_policy import CircuitPolicy, Drive
from models.continuous.wiring import Wiring
from models.data.winding_road import Car, Road
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.circuit_policies import CELLS, COMMAND, INTER, begun, pretrained, wiring_of

ROADS, RANKED_ROADS, METRES, RANKED_METRES = 6, 4, 120, 80
SETTLED = 30
"""Metres after which the start no longer counts."""

ROAD = 2.0
"""Metres from its middle to its edge."""

FARTHEST = 50.0
"""An offset counts as at most so many metres: a car that circles is lost."""

SHOWN = 40
"""Metres driven in the first picture; the browser drives on from there."""

Wired = Literal["circuit", "another circuit", "random ends"]
KINDS: dict[Wired, str] = {"circuit": "circuit", "another circuit": "circuit_again", "random ends": "random"}
Rank = Literal["most needed", "second most needed", "middle of the ranking"]
PLACES: dict[Rank, int] = {"most needed": 0, "second most needed": 1, "middle of the ranking": 9}


class CircuitControls(Controls):
    wiring: Wired = Field("circuit", title="Wiring", description="Each kind was trained equally")
    cell: Rank = Field("most needed", title="Silenced cell", description="By its effect on other roads")


class CircuitResult(NamedTuple):
    controls: CircuitControls
    policy: CircuitPolicy  # in double precision
    wiring: Wiring
    road: Road  # the first one
    intact: Drive  # (ROADS, METRES)
    silenced: Drive
    needs: Tensor  # (18,) lateral error without each cell, on other roads
    needed: float  # lateral error with all of them there
    needed_by_training: list[int]  # cells without which the error more than doubles, for each of the five trainings
    cell: int  # which one is silenced
    parameters: int


@memo
def prepared(kind: str, training: int) -> CircuitPolicy:
    """In double precision, so that the browser comes to the same numbers."""
    with torch.inference_mode(False):
        return copy.deepcopy(pretrained(kind, training)).double()


def started(cars: int, seed: int) -> tuple[Road, Car]:
    """Held-out roads, and cars that begin off the middle."""
    *road, e, angle = (part.double() for part in begun(cars, generator(seed)))
    return Road(*road), Car(torch.zeros_like(e), e, angle)


def off(drive: Drive) -> Tensor:
    """How far from the middle once the start is over, in metres: (B, T)."""
    return drive.cars.e[:, SETTLED:].abs().nan_to_num(FARTHEST).clamp(max=FARTHEST)


def driven(policy: CircuitPolicy, road: Road, car: Car, metres: int, heard: Tensor) -> Drive:
    """Every row of ``heard`` (V, D) drives on every road: (V · B, T)."""
    V, B = len(heard), len(car.e)
    again = lambda part: part.repeat(V, *[1] * (part.ndim - 1))
    return policy.drive(
        Car(*map(again, car)), Road(*map(again, road)), metres, heard.repeat_interleave(B, 0)
    )  # fmt: skip


@memo
@torch.inference_mode()
def needs(kind: str, training: int, seed: int) -> tuple[Tensor, float]:
    """The lateral error without each of the 18 inter and command cells, and with all, on roads of its own."""
    policy = prepared(kind, training)
    heard = torch.ones(CELLS, CELLS).double()
    heard[: CELLS - 1].fill_diagonal_(0)  # the last row keeps all cells
    drive = driven(policy, *started(RANKED_ROADS, seed + 1), RANKED_METRES, heard)
    errors = off(drive).unflatten(0, (CELLS, RANKED_ROADS)).square().mean((1, 2)).sqrt()
    return errors[:-1], errors[-1].item()


def harmful(needs: Tensor, intact: float) -> Tensor:
    """The cells without which the lateral error more than doubles."""
    return needs > 2 * intact


@torch.inference_mode()
def run(controls: CircuitControls, device: str) -> CircuitResult:
    """On the CPU whatever the device: nineteen cells keep no other one busy."""
    c, kind = controls, KINDS[controls.wiring]
    policy = prepared(kind, c.seed % TRAININGS)
    found, intact = needs(kind, c.seed % TRAININGS, c.seed)
    cell = int(found.argsort(descending=True, stable=True)[PLACES[c.cell]])
    heard = torch.ones(2, CELLS).double()
    heard[1, cell] = 0
    road, car = started(ROADS, c.seed + 2)
    drive = driven(policy, road, car, METRES, heard)
    half = lambda rows: Drive(Car(*(part[rows] for part in drive.cars)), *(part[rows] for part in drive[1:]))
    wiring = wiring_of(kind, c.seed % TRAININGS)
    counted = [int(harmful(*needs(kind, training, c.seed)).sum()) for training in range(TRAININGS)]
    return CircuitResult(
        c, policy, wiring, Road(*(part[:1] for part in road)), half(slice(ROADS)), half(slice(ROADS, None)), found,
        intact, counted, cell, 4 * wiring.synapses + 3 * CELLS + 2,
    )  # fmt: skip


def measure(result: CircuitResult) -> Measurements:
    error = lambda drive: off(drive).square().mean().sqrt().item()
    harmed = harmful(result.needs, result.needed)
    return {
        "intact_error_m": error(result.intact),
        "silenced_error_m": error(result.silenced),
        "intact_off_road_percent": 100 * (off(result.intact) > ROAD).double().mean().item(),
        "off_road_percent": 100 * (off(result.silenced) > ROAD).double().mean().item(),
        "needed_cells": int(harmed.sum()),
        "needed_cells_of_five": sum(result.needed_by_training) / TRAININGS,
        "needed_inter_cells": int(harmed[:INTER].sum()),
        "needed_command_cells": int(harmed[INTER : INTER + COMMAND].sum()),
        "synapses": result.wiring.synapses,
        "sensor_synapses_on_motor": int(result.wiring.from_input[:, -1].count_nonzero()),
    }
