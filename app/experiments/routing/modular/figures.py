"""The three figures of modular networks: every pair by every network, how it came about, the learned route."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.modular.run import ModularResult
from app.provenance.origin import Plotted, computed
from models.routing.modular import route_shares
from models.routing.modular_training import NETWORKS
from visualizers.curve import curves
from visualizers.matrix import heatmap
from visualizers.pair_grids import pair_grids
from visualizers.theme import SERIES

COLOURS = dict(zip(NETWORKS, (SERIES[0], SERIES[2], SERIES[1])))
FUNCTIONS = "abcdefgh"


def figures(result: ModularResult, metrics: Measurements) -> Figures:
    return {"pairs": _pairs(result, metrics), "training": _training(result, metrics), "route": _route(result, metrics)}


def _pairs(result: ModularResult, metrics: Measurements) -> Figure:
    F = len(result.task.functions)
    given, learned, one = (metrics[f"held_out_accuracy_{name.replace(' ', '_')}_share"] for name in NETWORKS)
    return Figure(
        title=f"Accuracy on every pair of functions after {result.progress.step} steps, %",
        caption="Rows: the first function. Columns: the second. {failed|Framed} pairs are held out from training.",
        text=(
            f"On held-out pairs the accuracy is {given:.0%} with the given route, {learned:.0%} with a learned one and"
            f" {one:.0%} in one network of equal size. Chance is {metrics['chance_accuracy_share']:.0%}."
        ),
        plot=pair_grids(
            dict(zip(("given route", "learned route", "one network"), result.progress.newest.accuracy.numpy())),
            [(int(a), int(b)) for a, b in result.task.unseen],
            labels=list(FUNCTIONS[:F]),
            row_title="first",
            column_title="second function",
        ),
        height=270,
    )


def _training(result: ModularResult, metrics: Measurements) -> Figure:
    first, second = result.task.unseen.T
    snapshots = result.progress.snapshots
    unseen = torch.stack([one.accuracy[:, first, second].mean(dim=-1) for one in snapshots])  # (snapshots, 3)
    seen = [metrics[f"trained_accuracy_{name.replace(' ', '_')}_share"] for name in NETWORKS]
    drawn = curves(
        np.array(result.progress.taken),
        {name: 100 * unseen[:, number].numpy() for number, name in enumerate(NETWORKS)},
        x_title="step",
        y_range=(-3, 106),
        colours=COLOURS,
        room=16,
    )
    drawn.layout.annotations = ()
    return Figure(
        title="Accuracy on held-out pairs, %",
        caption="{c1|Given route}, {c3|learned route}, {c2|one network} with as many weights.",
        text=(
            f"On trained pairs: {seen[0]:.0%} with the given route, {seen[1]:.0%} with a learned one,"
            f" {seen[2]:.0%} in one network."
        ),
        plot=drawn.update_xaxes(range=[0, result.controls.steps]),
        height=260,
        half=True,
    )


def _route(result: ModularResult, metrics: Measurements) -> Figure:
    route = result.progress.newest.route.numpy()
    F, M = route.shape
    return Figure(
        title="The learned route",
        caption="Share of each module for each function. One full cell per row and column: one module for each.",
        text=(
            f"The module determines {metrics['route_information_share']:.0%} of which function was asked for. Which"
            " module serves which function depends on the seed."
        ),
        plot=heatmap(
            route,
            rows=list(FUNCTIONS[:F]),
            columns=[str(module) for module in range(M)],
            row_title="function",
            column_title="module",
            high=1.0,
        ),
        height=260,
        half=True,
        sources=[Plotted(computed(route_shares, logits=result.progress.newest.route_logits))],
    )
