"""The border that the network draws, its losses, and what each hidden unit contributes: one scrubber for all three."""

import math
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.plane_mlp.run import PlaneMLPResult
from app.experiments.points import read_points
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from models.layers.multilayer_perceptron import ACTIVATIONS, identity, layer
from models.layers.softmax import softmax
from visualizers.plane import losses, surface, unit_maps

REACH = 2.6
"""The plane shown, from −2.6 to 2.6 in both directions."""

CELLS, MAP_CELLS = 41, 11
"""Along one side of the surface, and of the map of a hidden unit."""


class _Everywhere(NamedTuple):
    """The layers' outputs at the shown steps on a grid of the plane, each with the function that computed it."""

    hidden: list[Computed]  # each (S, N², M)
    probability: Computed  # (S, N², 2)


def figures(result: PlaneMLPResult, metrics: Measurements) -> Figures:
    return {
        "surface": _surface(result, metrics),
        "loss": _loss(result, metrics),
        "units": _units(result, metrics),
    }


def _places(cells: int) -> Tensor:
    return torch.linspace(-REACH, REACH, cells)  # (N,)


def _everywhere(result: PlaneMLPResult, cells: int) -> _Everywhere:
    places = _places(cells)
    grid = torch.cartesian_prod(places, places).flip(-1)  # (N², 2), rows of one y
    shown = result.progress.shown
    h: Tensor | Computed = grid
    hidden = []
    activations = [ACTIVATIONS[result.controls.activation]] * 2 + [identity]
    for place, activation in enumerate(activations):
        weight = torch.stack([one.weights[place] for one in shown])  # (S, M, N)
        bias = torch.stack([one.biases[place] for one in shown])  # (S, M)
        hidden.append(h := computed(layer, x=h, weight=weight, bias=bias, activation=activation))
    return _Everywhere(hidden[:-1], computed(softmax, z=hidden[-1]))


def _surface(result: PlaneMLPResult, metrics: Measurements) -> Figure:
    found = _everywhere(result, CELLS)
    shown = result.progress.shown
    orange = partial(_square, 1)
    return Figure(
        title="What the network predicts",
        caption=(
            "{c1|blue} and {c2|orange}: the predicted class of every place, pale where it is unsure. Dots are the"
            " training points. Step back to see the border bend."
        ),
        text=(
            f"After {result.progress.step} steps, {metrics['training_accuracy_percent']:.3g} % of the training points"
            f" and {metrics['held_out_accuracy_percent']:.3g} % of the held-out points are on their side of the border."
        ),
        plot=surface(
            orange(found.probability.tensor).numpy(),
            _places(CELLS).numpy(),
            points=result.points.numpy(),
            labels=result.labels.numpy(),
            added=len(read_points(result.controls.added).labels),
            names=_names(result),
            start=len(shown) - 1,
            sets="added",
        ),
        height=360,
        half=True,
        steps="step",
        start=len(shown) - 1,
        sources=[
            Plotted(found.probability, orange, trace="probability of orange, in percent", framed=True, unit=100.0)
        ],
    )


def _square(unit: int, over_grid: Tensor) -> Tensor:
    """One unit's column of (S, N², M) as (S, N, N)."""
    side = math.isqrt(over_grid.shape[1])
    return over_grid[..., unit].unflatten(1, (side, side))


def _names(result: PlaneMLPResult) -> list[str]:
    return list(map(str, result.progress.shown_steps))


def _loss(result: PlaneMLPResult, metrics: Measurements) -> Figure:
    progress = result.progress
    held_out = torch.stack([one.held_out for one in progress.snapshots])  # (S,)
    checked = metrics["gradient_check_difference"]
    check = ""
    if progress.done:
        part = number(float(f"{checked:.1g}"))
        check = f" Gradient check: backpropagation and finite differences differ by {part} of the gradient’s length."
    return Figure(
        title="Loss in nats per point",
        caption="{trace:training|Training points} and {trace:held out|held-out points}. The line marks the step shown.",
        text=(
            f"The loss is {metrics['training_loss_nats']:.3g} nats per training point and"
            f" {metrics['held_out_loss_nats']:.3g} per held-out point; guessing has {math.log(2):.3g}.{check}"
        ),
        plot=losses(
            result.training_losses.numpy(),
            held_out.numpy(),
            torch.tensor(progress.taken).numpy(),
            guessing=math.log(2),
            last=progress.steps,
            names=_names(result),
        ),
        height=360,
        half=True,
        steps="step",
        start=len(progress.shown) - 1,
        sources=[
            Plotted(result.training_losses, trace="training"),
            Plotted(held_out, trace="held out"),
        ],
    )


def _units(result: PlaneMLPResult, metrics: Measurements) -> Figure:
    found = _everywhere(result, MAP_CELLS)
    units, shown = result.controls.units, result.progress.shown
    maps = []
    for one in found.hidden:
        largest = one.tensor.abs().nan_to_num(0.0, 0.0).max().clamp_min(1e-12)
        maps.append((one.tensor / largest).unflatten(1, (MAP_CELLS, MAP_CELLS)).permute(0, 3, 1, 2).numpy())
    return Figure(
        title="What each hidden unit gives over the plane",
        caption=(
            "Every tile is one unit’s output over the same plane: blue is negative, orange positive. Units of layer 1"
            " have straight edges; layer 2 mixes them into bent ones."
        ),
        text=(
            f"Of the {units} units of a layer, {metrics['distinct_units_in_layer_1']:.0f} in layer 1 and"
            f" {metrics['distinct_units_in_layer_2']:.0f} in layer 2 differ from all others."
        ),
        plot=unit_maps(maps, names=_names(result), start=len(shown) - 1),
        height=90 + 60 * (2 if units < 16 else 4),
        steps="step",
        start=len(shown) - 1,
    )
