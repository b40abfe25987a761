"""The bump in place of the derivative, what was learned through it, and the gradient back in time."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.spiking.surrogates.run import STANDARD, SurrogatesResult, cosine
from app.provenance.origin import Plotted, computed
from models.spiking.surrogate import step_derivative
from visualizers.banded_curves import banded_curves
from visualizers.bump import bump_over_voltages
from visualizers.horizontal_bars import horizontal_bars

REACH = 1.5
"""Distances to the threshold that are drawn."""


def figures(result: SurrogatesResult, metrics: Measurements) -> Figures:
    return {
        "bump": _bump(result, metrics),
        "learning": _learning(result, metrics),
        "direction": _direction(result, metrics),
    }


def _bump(result: SurrogatesResult, metrics: Measurements) -> Figure:
    spike = result.spike
    x = torch.linspace(-REACH, REACH, 301)
    ours = computed(spike.bump, x=x, k=spike.steepness)
    true = computed(step_derivative, x=x)
    edges = np.linspace(-REACH, REACH, 41)
    counts, _ = np.histogram(result.credit[result.controls.bump].voltage.numpy(), bins=edges)
    times = "" if spike.height == 1 else f" It is drawn as its height over {spike.height:g}."
    return Figure(
        title="In place of the derivative",
        caption=(
            "The step has the {trace:true derivative|true derivative} 0, and none at the threshold. Learning uses the"
            f" {{trace:bump|bump}} instead.{times} {{trace:voltages|Bars}}: where the hidden voltages are before"
            " training."
        ),
        text=(
            f"Before training, {metrics['share_under_bump']:.0%} of the hidden voltages lie under the bump. With the"
            " true derivative no gradient would pass at any of them."
        ),
        plot=bump_over_voltages(
            x.numpy(), ours.tensor.numpy(), true.tensor.numpy(), edges=edges, counts=counts / counts.sum()
        ),
        height=280,
        sources=[Plotted(ours, trace="bump"), Plotted(true, trace="true derivative")],
    )  # fmt: skip


def _learning(result: SurrogatesResult, metrics: Measurements) -> Figure:
    c = result.controls
    own = result.learned[c.bump, c.reset == "gradient"]
    shown = {"chosen": own.accuracy, "readout only": result.readout_only.accuracy}
    others = [bump for bump in STANDARD if bump != c.bump or c.reset == "gradient"]
    shown |= {bump: result.learned[bump, False].accuracy for bump in others}
    return Figure(
        title="Held-out digits named rightly, %",
        caption=(
            "Means and ranges of five trainings: the {trace:chosen|chosen} bump, the other standard ones, and a network"
            " of which only the {trace:readout only|readout} learns."
        ),
        text=(
            f"After {int(own.steps[-1])} steps the chosen bump leads to {metrics['accuracy']:.1%}, in single trainings"
            f" {metrics['lowest_accuracy']:.1%} to {metrics['highest_accuracy']:.1%}. The readout alone comes to"
            f" {metrics['accuracy_readout_only']:.1%}."
        ),
        plot=banded_curves(
            own.steps.numpy(), {name: 100 * found.numpy() for name, found in shown.items()}, x_title="training step",
            y_range=(0, 104), pixels=230, room=92,
        ),
        height=290,
        half=True,
        sources=[Plotted(100 * found.mean(0), trace=name) for name, found in shown.items()],
    )  # fmt: skip


SHORT = {
    "fast sigmoid": "fast sigmoid", "arctan": "arctan", "triangle": "triangle", "narrow fast sigmoid": "narrow fast s.",
    "narrow arctan": "narrow arctan", "narrow triangle": "narrow triangle",
    "narrow and tall fast sigmoid": "narrow, tall fast s.",
}  # fmt: skip


def _direction(result: SurrogatesResult, metrics: Measurements) -> Figure:
    cosines = torch.cat([cosine(result, bump) for bump in SHORT])
    drawn = horizontal_bars(cosines.numpy(), labels=list(SHORT.values()), picked=SHORT[result.controls.bump], left=124)
    return Figure(
        title="Gradients with and without the reset: cosine",
        caption=(
            "Of the first layer’s gradient, before training. At 1 the reset leaves its direction as it is."
            " Strong colour: the chosen bump."
        ),
        text=(
            f"With the chosen bump the cosine is {metrics['reset_gradient_cosine']:.2f}. Training"
            f" changed the hidden spikes per digit from {result.hidden_spikes[0]:.0f} to {result.hidden_spikes[1]:.0f}."
        ),
        plot=drawn,
        height=290,
        half=True,
        sources=[Plotted(cosines, trace="values")],
    )
