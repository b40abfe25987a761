"""The net among its points, unfolded in the browser; the two errors along the way."""

import numpy as np

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.other.self_organizing_map.run import EVERY, LAST_RATE, SIDE, UNITS, UPDATES, MapResult, edges_of
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.colour_lattice import colour_lattice
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, SERIES
from visualizers.unfolding_net import unfolding_net

STEP = 3
"""Of the kept steps, every third is drawn as colours."""

DRAWN = 700
"""Held-out points that are drawn."""


def figures(result: MapResult, metrics: Measurements) -> Figures:
    return {
        "net": _colours(result, metrics) if result.controls.shape == "colours" else _net(result, metrics),
        "topographic": _topographic(result, metrics),
        "quantisation": _quantisation(result, metrics),
    }


def _net(result: MapResult, metrics: Measurements) -> Figure:
    c, shown = result.controls, result.shown
    edges = edges_of(shown.distances)  # (E, 2)
    idle = int(shown.idle.sum())
    return Figure(
        title=f"A net of {UNITS} units among the points",
        caption=(
            "Lines join neighbours on the lattice. Run: each point pulls its nearest unit, and that unit’s neighbours"
            " with it." + (" {failed|Diamonds} are nearest to no point." if idle else "")
        ),
        text=(
            f"After {number(UPDATES)} points, the two nearest units are not neighbours for"
            f" {metrics['shown_topographic_error_percent']:.2g} % of the points, and {idle} of {UNITS} units are"
            " nearest to none." + (f" {metrics['crossing_lines']} pairs of lines cross." if c.shape == "square" else "")
        ),
        plot=unfolding_net(
            shown.held_out[:DRAWN].numpy(), shown.weights[-1].numpy(), edges.numpy(), shown.idle.numpy()
        ),
        height=460,
        machine=Machine(
            "som",
            {
                "start": shown.weights[0],
                "points": shown.points.float(),
                "distances": shown.distances.numpy().astype(np.uint16),
                "edges": edges,
                "radius": [c.radius, c.last_radius],
                "rate": [c.rate, LAST_RATE],
            },
        ),
        sources=[
            Plotted(shown.weights, lambda w: w[-1, :, 1], "units"),
            Plotted(shown.held_out, lambda p: p[:DRAWN, 1], "points"),
        ],
    )


def _colours(result: MapResult, metrics: Measurements) -> Figure:
    shown = result.shown
    colours = (shown.weights[::STEP] + 1) / 2  # (S, U, 3)
    return Figure(
        title=f"{UNITS} units, each as the colour that it stands for",
        caption=(
            "Each square is a unit in its place on the lattice; a closed chain runs row by row. Step back to the random"
            " start, then forwards: similar colours gather."
        ),
        text=(
            f"After {number(UPDATES)} colours, lattice neighbours are {metrics['neighbours_apart_percent']:.0f} % as"
            " far apart as any two units, measured in red, green and blue."
        ),
        plot=colour_lattice(
            colours.numpy(), SIDE, names=[str(at * STEP * EVERY) for at in range(len(colours))],
            start=len(colours) - 1, size=34,
        ),
        height=460,
        steps="colours learned",
        start=len(colours) - 1,
    )  # fmt: skip


def _topographic(result: MapResult, metrics: Measurements) -> Figure:
    shown = result.shown
    drawn = curves(
        np.arange(len(shown.topographic)) * EVERY,
        {"": 100 * shown.topographic.numpy()},
        x_title="points learned",
        y_range=(-2, 104),
        colours={"": ACCENT},
        room=12,
    ).update_xaxes(range=(0, UPDATES), nticks=4)
    drawn.data[0].name = "topographic error"
    return Figure(
        title="Topographic error, %",
        caption="Held-out points whose two nearest units are not neighbours on the lattice: folds and crossings.",
        text=(
            f"The topographic error goes from {100 * shown.topographic[0]:.0f} % at the start to"
            f" {metrics['shown_topographic_error_percent']:.2g} %."
        ),
        plot=drawn,
        height=250,
        half=True,
        sources=[Plotted(shown.topographic, unit=100.0)],
    )


def _quantisation(result: MapResult, metrics: Measurements) -> Figure:
    shown = result.shown
    at = np.arange(len(shown.quantisation)) * EVERY
    lines = {"map": shown.quantisation.numpy(), "k-means": np.full(len(at), shown.k_means)}
    drawn = curves(
        at,
        lines,
        x_title="points learned",
        y_range=(0, 1.08 * float(shown.quantisation.max())),
        colours={"map": ACCENT, "k-means": SERIES[1]},
        room=66,
    ).update_xaxes(range=(0, UPDATES))
    return Figure(
        title="Quantisation error",
        caption=f"Mean distance of held-out points to the nearest unit; {{trace:k-means|k-means}} has {UNITS} centres.",
        text=f"The map ends at {metrics['shown_quantisation_error']:.3f}, k-means at {shown.k_means:.3f}.",
        plot=apart(drawn, 180),
        height=250,
        half=True,
        sources=[Plotted(shown.quantisation, trace="map")],
    )
