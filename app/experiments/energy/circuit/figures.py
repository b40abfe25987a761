"""The car and the glowing cells, which the browser drives on; the error without each cell; and two drives."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.energy.circuit.run import ROAD, SHOWN, CircuitResult
from app.provenance.origin import Plotted
from models.continuous.circuit_policy import REACH, SCALE, UNFOLDS, sensors
from models.data.winding_road import AHEAD, STEP, Car, curvature
from models.training.circuit_policies import COMMAND, INTER, MOTOR
from visualizers import driving
from visualizers.curve import curves
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, FAILED, SERIES

WIDEST = 8.0
"""Metres that the chart of two drives reaches to each side."""


def figures(result: CircuitResult, metrics: Measurements) -> Figures:
    return {"drive": _drive(result, metrics), "needs": _needs(result, metrics), "offset": _offset(result, metrics)}


def middle_of(result: CircuitResult, car: Car) -> np.ndarray:
    """The road's middle around the car and its direction there, seen from the car: (M, 3) x, y, angle."""
    found = []
    for way in (-1.0, 1.0):
        x, y, angle = 0.0, 0.0, -car.angle.item()
        x, y = car.e.item() * np.sin(angle), -car.e.item() * np.cos(angle)
        reach = driving.BEHIND if way < 0 else driving.AHEAD
        side = [(x, y, angle)]
        for metre in range(int(reach)):
            k = curvature(result.road, car.s + way * metre).item()
            x, y, angle = x + way * np.cos(angle), y + way * np.sin(angle), angle + way * k
            side.append((x, y, angle))
        found.append(side)
    return np.array(found[0][:0:-1] + found[1])


def _drive(result: CircuitResult, metrics: Measurements) -> Figure:
    at = lambda part: part[:1, SHOWN]
    car = Car(*map(at, result.intact.cars))
    potentials = result.intact.potentials[0, SHOWN - 1]
    middle = middle_of(result, car)
    across = np.stack([-np.sin(middle[:, 2]), np.cos(middle[:, 2])], -1)
    wired, N = result.wiring, len(AHEAD)
    synapses = torch.zeros(N + len(potentials), N + len(potentials))
    synapses[:N, N:], synapses[N:, N:] = wired.from_input, wired.from_cells
    trail = middle[: int(driving.BEHIND) + 1, :2] + (
        across[: int(driving.BEHIND) + 1]
        * result.intact.cars.e[0, SHOWN - int(driving.BEHIND) : SHOWN + 1, None].numpy()
    )
    return Figure(
        title="The car and the cells that steer it",
        caption=(
            "Run it. Cells glow by their potential, {trace:excitatory synapses|excitatory} and"
            " {trace:inhibitory synapses|inhibitory} synapses join them. Press a cell to silence it."
        ),
        text=(
            f"With all cells the car stays {metrics['intact_error_m']:.2f} m from the middle of the road, root mean"
            f" square. {metrics['synapses']:.0f} synapses join {N} sensors and 19 cells."
        ),
        plot=driving.driving(
            [middle[:, :2] + side * ROAD * across for side in (-1, 1)],
            trail,
            counts=(N, INTER, COMMAND, MOTOR),
            synapses=synapses.numpy(),
            potentials=potentials.numpy(),
            sensed=sensors(car, result.road)[0].numpy(),
        ),
        height=380,
        sources=[Plotted(result.intact.cars.e[0, SHOWN : SHOWN + 1] * 0, trace="car")],
        machine=Machine("car", _given(result, car, potentials)),
    )


def _given(result: CircuitResult, car: Car, potentials: Tensor) -> dict[str, object]:
    """What the browser drives on with: the policy's numbers, the road's, and where the car is."""
    cells = result.policy.cells
    parts = lambda one: {"w": softplus(one.w_raw), "mu": one.mu, "sigma": one.sigma, "E": one.E}
    synapses = lambda one: {name: part.flatten() for name, part in parts(one).items()}
    return {
        "potentials": potentials, "s": car.s.item(), "e": car.e.item(), "angle": car.angle.item(),
        "amplitude": result.road.amplitude[0], "wavelength": result.road.wavelength[0], "phase": result.road.phase[0],
        "input": synapses(cells.from_input), "cells": synapses(cells.from_cells), "c": cells.c, "leak": cells.leak,
        "rest": cells.rest, "gain": result.policy.a.item(), "offset": result.policy.b.item(), "unfolds": UNFOLDS,
        "reach": REACH, "scale": torch.tensor(SCALE), "ahead": list(AHEAD), "metres": STEP, "road": ROAD,
        "behind": driving.BEHIND, "front": driving.AHEAD,
        "places": driving.places((len(AHEAD), INTER, COMMAND, MOTOR))[len(AHEAD) :].flatten(),
    }  # fmt: skip


def _names() -> list[str]:
    return [f"inter {n + 1}" for n in range(INTER)] + [f"command {n + 1}" for n in range(COMMAND)]


def _needs(result: CircuitResult, metrics: Measurements) -> Figure:
    names = _names()
    drawn = horizontal_bars(
        result.needs.numpy(), labels=names, as_="{:.1f}", left=92, x_title="metres",
        colours=[SERIES[0] if name.startswith("inter") else SERIES[1] for name in names],
    )  # fmt: skip
    return Figure(
        title="Lateral error without each cell",
        caption="{c1|Inter} and {c2|command cells}, silenced one at a time on other roads.",
        text=(
            f"Without {metrics['needed_inter_cells']:.0f} of the 12 inter and {metrics['needed_command_cells']:.0f} of"
            " the 6 command cells the error more than doubles; the others can be spared."
        ),
        plot=drawn,
        height=440,
        half=True,
        sources=[Plotted(result.needs, trace="values")],
    )


def _offset(result: CircuitResult, metrics: Measurements) -> Figure:
    names = _names()
    lines = {"all cells": result.intact.cars.e[0], f"without {names[result.cell]}": result.silenced.cars.e[0]}
    drawn = curves(
        np.arange(len(lines["all cells"])), {name: line.numpy() for name, line in lines.items()},
        x_title="metres driven", y_range=(-WIDEST, WIDEST), room=14,
        colours=dict(zip(lines, (ACCENT, FAILED), strict=True)),
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.add_hrect(y0=-ROAD, y1=ROAD, line_width=0, fillcolor=ACCENT, opacity=0.08)
    other = list(lines)[1]
    return Figure(
        title="Metres left of the road’s middle",
        caption=f"{{trace:all cells|All cells}} and {{trace:{other}|{other}}}, on a new road. The band is the road.",
        text=(
            f"Without {names[result.cell]}, {result.controls.cell} on other roads, the car is off the road for"
            f" {metrics['off_road_percent']:.0f} % of six new drives."
        ),
        plot=drawn,
        height=440,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )
