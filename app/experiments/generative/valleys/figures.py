"""The learned landscape with chains that roll on it, the two densities, and their distance while the energy learns."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.generative.valleys.run import CELLS, REACH, ValleysResult
from app.number_format import number
from app.provenance.origin import Plotted
from models.generative.mixtures import sample
from models.seeding import generator
from visualizers.curve import curves
from visualizers.landscape import landscape
from visualizers.side_maps import side_maps
from visualizers.theme import ACCENT

CHAINS, DATA, NOISE, DEEPEST, EVERY = 200, 300, 4099, 8.0, 2
"""Chains and data points drawn, noise numbers that the browser walks round, nats shown; every second cell is drawn."""


def figures(result: ValleysResult, metrics: Measurements) -> Figures:
    return {
        "landscape": _landscape(result, metrics),
        "densities": _densities(result, metrics),
        "distance": _distance(result, metrics),
    }


def thinned(cells: Tensor) -> Tensor:
    """Every second cell of (CELLS²,), as (N, N)."""
    return cells.view(CELLS, CELLS)[::EVERY, ::EVERY]


def rolling(result: ValleysResult) -> dict[str, Any]:
    """What the browser rolls: chains from noise, the network, and one row of noise that is walked round."""
    c, draws = result.controls, generator(result.controls.seed + 2)
    numbers: dict[str, Any] = {
        "chains": result.model.bowl * torch.randn(CHAINS, 2, generator=draws),
        "noise": torch.randn(NOISE, generator=draws), "step": c.step, "bowl": result.model.bowl,
        "training": c.steps,
    }  # fmt: skip
    network = result.model.network
    for at, (weight, bias) in enumerate(zip(network.weights, network.biases), start=1):
        numbers |= {f"w{at}": weight.detach(), f"b{at}": bias.detach()}
    return numbers


def _landscape(result: ValleysResult, metrics: Measurements) -> Figure:
    newest = result.progress.newest.energy
    heights = newest - newest.min()
    places = REACH * (2 * np.arange(CELLS) + 1 - CELLS)[::EVERY] / CELLS
    data, _ = sample(result.mixture, DATA, generator(result.controls.seed + 3))
    shown = result.short[:CHAINS]
    far = "" if not result.progress.done else (
        f" The total variation distance of their positions to the truth is"
        f" {metrics['total_variation_of_short_chains']:.2f}; after 50 times as many steps it is"
        f" {metrics['total_variation_of_long_chains']:.2f}."
    )  # fmt: skip
    return Figure(
        title="The learned energy, and chains that roll on it",
        caption=(
            "Dark is low energy: likely. {trace:data|Squares}: data. {trace:chains|Dots}: chains, after as many steps"
            " from noise as in training. Run rolls them on; press or drag in the plane to drop them there."
        ),
        text=(
            f"After {number(result.progress.step)} updates, {metrics['points_at_a_mode_percent']:.0f} % of the chains"
            f" lie at a mode of the data, after {result.controls.steps} steps from noise.{far}"
            if result.progress.done
            else f"These are the chains of the training after {number(result.progress.step)} updates."
        ),
        plot=landscape(thinned(heights).numpy(), places, data=data.numpy(), rolling=shown.numpy(), deepest=DEEPEST),
        height=450,
        machine=Machine("valleys", rolling(result)),
        sources=[Plotted(heights, thinned, trace="energy"), Plotted(shown, lambda x: x[:, 1], trace="chains")],
    )


def _densities(result: ValleysResult, metrics: Measurements) -> Figure:
    area = (2 * REACH / CELLS) ** 2
    maps = {"true": result.true / area, "learned": result.learned / area}
    return Figure(
        title="Density: true and learned",
        caption=(
            "The learned energy, normalised on a grid: p = exp(−E)/Z. The heaviest mode truly holds"
            f" {metrics['heaviest_true_percent']:.0f} % of the mass."
        ),
        text=f"In the learned density, the heaviest mode holds {metrics['heaviest_learned_percent']:.1f} %.",
        plot=side_maps(
            {name: thinned(values).numpy() for name, values in maps.items()}, -REACH, REACH,
            limit=1.2 * float(maps["true"].max()),
        ),
        height=270,
        half=True,
        sources=[Plotted(values, thinned, trace=name) for name, values in maps.items()],
    )  # fmt: skip


def _distance(result: ValleysResult, metrics: Measurements) -> Figure:
    progress = result.progress
    lines = {"learned": result.distances.numpy()}
    drawn = curves(
        progress.taken, lines, x_title="update", y_range=(0, 1), markers=True, colours={"learned": ACCENT}, room=14,
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(range=[0, progress.steps])
    return Figure(
        title="Total variation distance to the true density",
        caption="0: the same density. 1: nothing shared. Compared cell by cell on an 80 × 80 grid.",
        text=(
            f"After {number(progress.step)} updates the total variation distance of the learned density to the true one"
            f" is {metrics['total_variation']:.3f}."
        ),
        plot=drawn,
        height=270,
        half=True,
        sources=[Plotted(result.distances, trace="learned")],
    )
