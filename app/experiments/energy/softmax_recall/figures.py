"""A damaged drawing, one softmax update, the patterns it weighs most; and shares returned over β and over number."""

from functools import partial

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.drawing import SIDE
from app.experiments.energy.softmax_recall.run import BETAS, NUMBERS, SHOWN, SoftmaxResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.energy.modern_hopfield import pattern_weights, updated
from visualizers.curve import apart, curves, mark_x
from visualizers.grids import Grid, grids
from visualizers.theme import ACCENT, SERIES

SQUARE = (SIDE, SIDE)
SMALL, BELOW = 0.65, 12.0
"""Side of a cell in the second row, and where that row begins, in units of the sheet."""


def figures(result: SoftmaxResult, metrics: Measurements) -> Figures:
    return {
        "recall": _recall(result, metrics),
        "beta": _beta(result, metrics),
        "number": _number(result, metrics),
    }


def _square(which: int, patterns: Tensor) -> Tensor:
    return patterns[which].view(SQUARE)


def _recall(result: SoftmaxResult, metrics: Measurements) -> Figure:
    c = result.controls
    weights = Computed(
        result.weights, pattern_weights, {"patterns": result.patterns, "state": result.cue, "beta": c.beta}
    )
    big = {
        "stored": Grid(result.patterns[0].view(SQUARE).numpy(), (0, 0), "stored", high=1.0),
        "damaged": Grid(result.cue.view(SQUARE).numpy(), (10.5, 0), "damaged", high=1.0),
        "after one update": Grid(result.recalled.view(SQUARE).numpy(), (21, 0), "after one update", high=1.0),
    }
    top = result.weights[0].topk(min(SHOWN, c.stored)).indices.tolist()
    small = {
        f"weight {place}": Grid(
            result.patterns[k].view(SQUARE).numpy(), (5.95 * (place - 1), BELOW), f"{result.weights[0, k]:.2f}", SMALL,
            high=1.0,
        )
        for place, k in enumerate(top, start=1)
    }  # fmt: skip
    recalled = [] if c.values != "the patterns" else [
        Plotted(
            Computed(result.recalled, updated, {"patterns": result.patterns, "p": weights}),
            lambda s: s.view(SQUARE),
            "after one update",
        )
    ]  # fmt: skip
    return Figure(
        title="One update among many patterns",
        caption=(
            "Above: what is stored, the damaged copy, and the weighted average of all stored patterns. Below: the"
            " patterns with the largest weights, and these weights."
        ),
        text=(
            f"Of {number(c.stored)} patterns the drawing gets weight {metrics['weight_of_the_drawing']:.2f}."
            f" {metrics['wrong_pixels_before']:.0f} pixels are wrong before the update and"
            f" {metrics['wrong_pixels_after']:.0f} after it."
        ),
        plot=grids(big | small, signs=[(14.5, 9.8, "largest weights")]),
        height=400,
        sources=[
            *recalled,
            Plotted(result.patterns, lambda x: x[0].view(SQUARE), "stored"),
            Plotted(result.cue, lambda s: s.view(SQUARE), "damaged"),
            *(Plotted(result.patterns, partial(_square, k), f"weight {place}") for place, k in enumerate(top, start=1)),
        ],
    )


def _beta(result: SoftmaxResult, metrics: Measurements) -> Figure:
    drawn = curves(
        np.array(BETAS), {"": result.by_beta.numpy()}, x_title="β", x_log=True, y_range=(-0.06, 1.12), markers=True,
        colours={"": ACCENT}, room=12,
    )  # fmt: skip
    drawn.data[0].name = "returned"
    drawn.update_yaxes(tickformat=".0%")
    drawn.update_xaxes(tickvals=[0.02, 0.1, 0.5, 2])
    return Figure(
        title="Patterns returned exactly, by β",
        caption="A small β averages many patterns; a large one picks the nearest. Dotted: the chosen β.",
        text=(
            f"At β = {result.controls.beta:g} an update spreads its weights over {metrics['patterns_in_use']:.1f}"
            f" patterns on average and returns {metrics['returned_percent']:.0f} % of the queries. Attention with scale"
            f" {result.controls.scale} returns {metrics['attention_returned_percent']:.0f} %."
        ),
        plot=mark_x(drawn, result.controls.beta, ""),
        height=250,
        half=True,
        sources=[Plotted(result.by_beta)],
    )


def _number(result: SoftmaxResult, metrics: Measurements) -> Figure:
    modern, classical = result.by_number
    drawn = curves(
        np.array(NUMBERS),
        {"softmax": modern.numpy(), "Hebb": classical.numpy()},
        x_title="patterns stored",
        x_log=True,
        y_range=(-0.06, 1.12),
        markers=True,
        colours={"softmax": ACCENT, "Hebb": SERIES[1]},
        room=62,
    )
    drawn.update_yaxes(tickformat=".0%")
    drawn.update_xaxes(tickvals=list(NUMBERS))
    return Figure(
        title="Patterns returned exactly, by their number",
        caption="{trace:softmax|One softmax update} and {trace:Hebb|Hebb’s rule}, which recalls in up to 12 updates.",
        text=(
            f"With {number(result.controls.stored)} patterns in 64 units, Hebb’s rule returns"
            f" {metrics['classical_returned_percent']:.0f} %."
        ),
        plot=apart(drawn, 170),
        height=250,
        half=True,
        sources=[Plotted(modern, trace="softmax"), Plotted(classical, trace="Hebb")],
    )
