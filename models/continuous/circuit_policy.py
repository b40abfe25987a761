"""A neural circuit policy that drives: liquid cells on a sparse wiring, the motor cell's potential is the steering.

Paper: Lechner et al. 2020, "Neural circuit policies enabling auditable autonomy", Nature Machine Intelligence 2.
There the sensors are 32 features of a convolutional network that sees the road; here six distances are given.

Symbols
    x  distances ahead (B, N), scaled     v  potentials (B, D)     u  steered curvature (B,)     B  cars
    a, b  gain and offset of the motor cell       T  steps         N  sensors                    D  cells
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.continuous.liquid import ABSENT, LiquidCells, start
from models.continuous.wiring import Wiring
from models.data.winding_road import AHEAD, Car, Road, exact_steering, moved, seen

UNFOLDS = 4
REACH = 0.15
"""1 / m that a potential of 1 steers."""

SCALE = tuple(1 + 0.03 * a**2 for a in AHEAD)
"""Metres that move a sensor by ½, by distance."""


class Drive(NamedTuple):
    """A drive, step by step."""

    cars: Car  # each (B, T)
    potentials: Tensor  # (B, T, D)
    steered: Tensor  # (B, T)
    wanted: Tensor  # (B, T) by the exact controller, at the same places


def sensors(car: Car, road: Road) -> Tensor:
    """x = ½ + distance / (2 scale).  → (B, N)"""
    return 0.5 + seen(car, road) / (2 * torch.tensor(SCALE))


def steering(v: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """u = 0.15 (a v_motor + b)"""
    return REACH * (a * v[:, -1] + b)


class CircuitPolicy(nn.Module):
    """Cells, and how the last one steers."""

    def __init__(self, D: int) -> None:
        super().__init__()
        self.cells = LiquidCells(len(AHEAD), D, unfolds=UNFOLDS)
        self.a, self.b = nn.Parameter(torch.empty(1)), nn.Parameter(torch.empty(1))

    def step(self, x: Tensor, v: Tensor, heard: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The steering and the next potentials; cells where ``heard`` (B, D) is 0 act on nothing."""
        v, _ = self.cells.step(x, v, torch.ones_like(x[:, :1]), heard)
        u = steering(v, self.a, self.b)
        return (u if heard is None else u * heard[:, -1]), v

    def drive(self, car: Car, road: Road, steps: int, heard: Tensor | None = None) -> Drive:
        """The car goes where the policy steers it; no gradient passes through its movement."""
        v = car.e.new_zeros(len(car.e), len(self.cells.rest))  # (B, D)
        gone = []
        for _ in range(steps):
            u, v = self.step(sensors(car, road), v, heard)
            gone.append((*car, v, u, exact_steering(car, road)))
            car = moved(car, road, u.detach())
        s, e, angle, *others = (torch.stack(parts, 1) for parts in zip(*gone))
        return Drive(Car(s, e, angle), *others)

    def forward(self, *given: Tensor) -> tuple[Tensor, Drive]:
        """Steering minus what is wanted (B, T): ``given`` are the fields of a road, offset and angle at the start."""
        road, e, angle = Road(*given[:3]), given[3], given[4]
        drive = self.drive(Car(torch.zeros_like(e), e, angle), road, given[5].shape[-1])
        return drive.steered - drive.wanted, drive


def wire(policy: CircuitPolicy, wiring: Wiring, draws: torch.Generator) -> CircuitPolicy:
    """Weights at the start, with synapses only where the wiring has them and of its signs."""
    start(policy.cells, draws)
    for synapses, ends in ((policy.cells.from_input, wiring.from_input), (policy.cells.from_cells, wiring.from_cells)):
        synapses.w_raw.data[ends == 0] = ABSENT
        synapses.E.data = torch.where(ends == 0, 1.0, ends)
    policy.a.data, policy.b.data = torch.ones(1), torch.zeros(1)
    return policy
