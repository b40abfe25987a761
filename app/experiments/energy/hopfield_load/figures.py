"""Overlap after recall against load, the first errors beside their formula, and how many patterns stay exact."""

from operator import itemgetter

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.hopfield_load.run import LARGEST, LOADS, NETWORKS, LoadResult
from app.provenance.origin import Plotted
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, SERIES

LIMIT = 0.138
WIDE = (0, 0.258)
"""The loads that are drawn."""


def figures(result: LoadResult, metrics: Measurements) -> Figures:
    return {
        "overlap": _overlap(result, metrics),
        "first": _first(result, metrics),
        "exact": _exact(result, metrics),
    }


def _overlap(result: LoadResult, metrics: Measurements) -> Figure:
    names = [f"N = {N}" for N in NETWORKS]
    drawn = curves(
        np.array(LOADS),
        dict(zip(names, result.overlaps.numpy(), strict=True)),
        x_title="load: patterns per unit",
        y_range=(0, 1.05),
        markers=True,
        colours={names[0]: SERIES[1], names[1]: SERIES[2], names[2]: ACCENT},
        room=64,
    )
    drawn.update_xaxes(range=WIDE)
    damage = result.controls.damage
    start = f"at each pattern, {damage} % of its bits flipped" if damage else "at each pattern itself"
    drawn.add_scatter(
        x=[result.controls.load], y=[result.chosen.overlap], name="chosen load", mode="markers",
        marker={"symbol": "circle-open", "size": 15, "color": ACCENT, "line": {"width": 2}},
        hovertemplate="chosen load %{x:.3f}<br>overlap %{y:.3f}<extra></extra>",
    )  # fmt: skip
    return Figure(
        title="Overlap of a pattern with what recall makes of it",
        caption=(
            f"Recall starts {start}. Overlap 1: the pattern comes back as it was stored. The more units, the steeper"
            " the fall; dotted: 0.138, the limit for infinitely many. {trace:chosen load|Ring}: the chosen load."
        ),
        text=(
            f"With {LARGEST} units the mean overlap is {metrics['overlap_at_0100']:.3f} at load 0.1 and"
            f" {metrics['overlap_at_0250']:.2f} at load 0.25."
        ),
        plot=mark_x(apart(drawn, 270), LIMIT, "0.138"),
        height=340,
        sources=[
            *(Plotted(result.overlaps, itemgetter(at), name) for at, name in enumerate(names)),
            Plotted(torch.tensor([result.chosen.overlap]), trace="chosen load"),
        ],
    )


def _first(result: LoadResult, metrics: Measurements) -> Figure:
    drawn = curves(
        np.array(LOADS),
        {"formula": 100 * result.formula.numpy(), "measured": 100 * result.first_errors.numpy()},
        x_title="load: patterns per unit",
        y_range=(-0.1, 1.08 * 100 * float(torch.cat([result.formula, result.first_errors]).max())),
        markers=True,
        colours={"formula": SERIES[1], "measured": ACCENT},
        room=70,
    ).update_xaxes(range=WIDE)
    return Figure(
        title="Bits that the first update flips, %",
        caption=f"{{trace:measured|Measured}} with {LARGEST} units, and the {{trace:formula|closed form}}.",
        text=(
            f"At load 0.138 the first update flips {metrics['first_step_error_percent']:.2f} % of a pattern’s bits; the"
            f" formula says {metrics['first_step_formula_percent']:.2f} %."
        ),
        plot=apart(drawn, 170),
        height=250,
        half=True,
        sources=[
            Plotted(result.formula, trace="formula", unit=100.0),
            Plotted(result.first_errors, trace="measured", unit=100.0),
        ],
    )


def _exact(result: LoadResult, metrics: Measurements) -> Figure:
    drawn = curves(
        np.array(LOADS),
        {"": 100 * result.exact[-1].numpy()},
        x_title="load: patterns per unit",
        y_range=(-4, 112),
        markers=True,
        colours={"": ACCENT},
        room=12,
    ).update_xaxes(range=WIDE)
    drawn.data[0].name = "without a wrong bit"
    for limit, words in (("all_exact_patterns", "all"), ("most_exact_patterns", "most")):
        mark_x(drawn, metrics[limit] / LARGEST, words)
    return Figure(
        title="Patterns returned without a wrong bit, %",
        caption=(
            f"{LARGEST} units. Dotted: N/(4 ln N) and N/(2 ln N), up to which all, or most, patterns are exact in the"
            " limit."
        ),
        text=(
            f"At load 0.138, {metrics['exact_at_0138_percent']:.0f} % of the patterns have no wrong bit. The mean is"
            f" {metrics['wrong_bits_per_pattern_at_0138']:.1f} wrong bits of {LARGEST}."
        ),
        plot=drawn,
        height=250,
        half=True,
        sources=[Plotted(result.exact, lambda e: e[-1], unit=100.0)],
    )
