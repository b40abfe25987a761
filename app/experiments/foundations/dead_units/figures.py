"""Which units are on for which share of the digits, step by step, and the curve above the inputs of the first layer."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.activation_inputs import of_curve, over_inputs
from app.experiments.foundations.dead_units.run import EDGES, DeadUnitsResult, function_of
from visualizers.unit_map import unit_map

GRID = torch.linspace(-12, 6, 181)


def figures(result: DeadUnitsResult, metrics: Measurements) -> Figures:
    return {"units": _units(result, metrics), "curve": _curve(result, metrics)}


def _units(result: DeadUnitsResult, metrics: Measurements) -> Figure:
    on = result.on.numpy()
    layers = [f"layer {number}" for number in range(1, on.shape[1] + 1)]
    return Figure(
        title="Each hidden unit during training",
        caption=(
            "One row per unit. Blue: the share of the 1 500 training digits that switch it on, stronger for more."
            " {axis|Grey}: no digit does."
        ),
        text=(
            f"After {result.progress.step} steps {metrics['dead_units']:.0f} of {on[0].size} units are off for"
            f" every training digit, {metrics['dead_units_of_layer_1']:.0f} of them in layer 1."
            f" {1 - metrics['units_without_gradient_share']:.0%} of the units still get a gradient."
            f" Held-out accuracy is {metrics['held_out_accuracy']:.1%}."
        ),
        plot=unit_map(on, result.progress.taken, layer_names=layers, x_title="training step"),
        height=400,
    )


def _curve(result: DeadUnitsResult, metrics: Measurements) -> Figure:
    c, function = result.controls, function_of(result.controls)
    steps = [f"step {taken}" for taken in result.progress.shown_steps]
    return Figure(
        title="The curve, its derivative, and the inputs of the first layer",
        caption=(
            f"{{trace:{c.trained}|The curve}} and {{trace:derivative|its derivative}}. Bars: how often each z occurs in"
            " layer 1, grey where the derivative is below 0.1. The outermost bars hold everything beyond."
        ),
        text=(
            f"{metrics['layer_1_units_on_share']:.0%} of the units of layer 1 are on for some training digit. Training"
            f" accuracy is {metrics['training_accuracy']:.1%}."
        ),
        plot=over_inputs(
            {c.trained: function},
            function,
            np.stack([look.shares for look in result.progress.shown]),
            frames=steps,
            grid=GRID,
            edges=EDGES,
        ),
        height=340,
        steps="training",
        start=len(steps) - 1,
        sources=[of_curve(function, c.trained, GRID)],
    )
