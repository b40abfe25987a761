"""The receptive field layer by layer, and the accuracy by distance of two trained stacks."""

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.dilation.run import DISTANCES, DilationResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.convolution.dilated import spread
from visualizers.curve import apart, curves
from visualizers.grids import Grid, grids
from visualizers.theme import ACCENT, SERIES

ORDINARY = "rates 1, 1, 1"


def figures(result: DilationResult, metrics: Measurements) -> Figures:
    return {"field": _field(result, metrics), "distances": _distances(result, metrics)}


def _field(result: DilationResult, metrics: Measurements) -> Figure:
    rates, F = result.controls.each, int(metrics["field_side"])
    before: Tensor | Computed = result.paths[0]
    panels, sources = {}, []
    for layer, d in enumerate(reversed(rates), 1):
        name = ("", "last layer", "last two layers", "all three layers")[layer]
        title = f"rate {d}" if layer == 1 else f"then rate {d}"
        panels[name] = Grid(result.paths[layer].numpy(), ((F + 1.5) * (layer - 1), 0), title)
        before = Computed(result.paths[layer], spread, {"n": before, "d": d})
        sources.append(Plotted(before, trace=name))
    middle = {f"output in {name}": grid.outline(F // 2, F // 2) for name, grid in panels.items()}
    return Figure(
        title="Which pixels one output reads, from its last layer back to the image",
        caption=(
            "The framed cell is the output’s own position. Empty cells have no path to it; those of"
            " stronger colour have more."
        ),
        text=(
            f"After three layers one output reads {metrics['pixels_read']:.0f} of the {F}×{F} pixels of its receptive"
            f" field, {metrics['read_share']:.0%}."
        ),
        plot=grids(panels, lines=middle),
        height=280,
        sources=sources,
    )


def _distances(result: DilationResult, metrics: Measurements) -> Figure:
    newest, mine = result.progress.newest, f"rates {result.controls.rates}"
    lines = {mine: newest.yours.numpy()}
    if mine != ORDINARY:
        lines[ORDINARY] = newest.ordinary.numpy()
    drawn = curves(
        np.arange(DISTANCES), lines, x_title="distance of the pixel that is asked for", y_range=(0.4, 1.05),
        markers=True, colours={mine: ACCENT, ORDINARY: SERIES[1]}, room=96,
    )  # fmt: skip
    drawn.update_xaxes(tickvals=list(range(DISTANCES))).update_yaxes(tickformat=".0%")
    return Figure(
        title="Accuracy in naming the sign of a pixel to the right, by its distance",
        caption=f"Each network has {number(result.parameters)} weights. At 50 % it guesses: it cannot read that pixel.",
        text=(
            f"At distance 5, rates {result.controls.rates} are right in {metrics['accuracy_at_5']:.0%} of cases, rates"
            f" 1, 1, 1 in {metrics['ordinary_accuracy_at_5']:.0%}."
        ),
        plot=apart(drawn, 190),
        height=270,
    )
