"""The three figures of modular networks: every pair by every network, how it came about, the learned route."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.modular.run import ModularResult
from app.provenance.origin import Drawn, computed
from models.routing.modular import route_shares
from models.routing.modular_training import NETWORKS
from visualizers.curve import curves
from visualizers.matrix import heatmap
from visualizers.pair_grids import pair_grids
from visualizers.theme import SERIES

COLOURS = dict(zip(NETWORKS, (SERIES[0], SERIES[2], SERIES[1])))
FUNCTIONS = "abcdefgh"


def figures(result: ModularResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"pairs": _pairs(result, numbers), "training": _training(result, numbers), "route": _route(result, numbers)},
        origins(result),
    )


def _pairs(result: ModularResult, numbers: Measurements) -> Figure:
    F = len(result.task.functions)
    given, learned, one = (numbers[f"unseen_accuracy_{name.replace(' ', '_')}"] for name in NETWORKS)
    return Figure(
        title=f"Symbols that come out right after {result.progress.step} steps, %",
        caption="Row: the first function, column: the second. {failed|Framed} pairs are set aside from training.",
        text=(
            f"On the pairs set aside {given:.0%} come out right with the given route, {learned:.0%} with a learned one"
            f" and {one:.0%} in one network of equal size; guessing gives {numbers['chance_accuracy']:.0%}."
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


def _training(result: ModularResult, numbers: Measurements) -> Figure:
    first, second = result.task.unseen.T
    snapshots = result.progress.snapshots
    unseen = torch.stack([one.accuracy[:, first, second].mean(dim=-1) for one in snapshots])  # (snapshots, 3)
    seen = [numbers[f"seen_accuracy_{name.replace(' ', '_')}"] for name in NETWORKS]
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
        title="Right on the pairs set aside, %",
        caption="{c1|Given route}, {c3|learned route}, {c2|one network} of as many weights.",
        text=(
            f"On the pairs that were shown all do well: {seen[0]:.0%}, {seen[1]:.0%} and {seen[2]:.0%}. The one network"
            f" has {numbers['one_network_weights_over_modules']:.2f} times as many weights as the modules."
        ),
        plot=drawn.update_xaxes(range=[0, result.controls.steps]),
        height=260,
        half=True,
    )


def _route(result: ModularResult, numbers: Measurements) -> Figure:
    route = result.progress.newest.route.numpy()
    F, M = route.shape
    return Figure(
        title="The route that was learned",
        caption="Share of each module for each function. One full cell a row and column: a module each.",
        text=(
            f"The module tells {numbers['route_information_share']:.0%} of which function was asked for; which module"
            " is whose is free, and another seed deals them out otherwise."
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
    )


def origins(result: ModularResult) -> list[Drawn]:
    return [Drawn("route", computed(route_shares, logits=result.progress.newest.route_logits))]
