"""A damaged drawing and its recall with the energy, what else is stored, and how many patterns a network holds."""

import numpy as np

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.drawing import SIDE
from app.experiments.energy.drawn_pattern import flips
from app.experiments.energy.hopfield_recall.run import COUNTED, NUMBERS, RecallResult
from app.experiments.vision.sheets import sheet
from app.provenance.origin import Computed, Plotted
from models.energy.hopfield import energy
from visualizers.curve import apart, curves
from visualizers.grids import Grid, grids
from visualizers.recalled_pattern import recalled_pattern
from visualizers.theme import ACCENT, SERIES

ACROSS = 6


def figures(result: RecallResult, metrics: Measurements) -> Figures:
    return {
        "recall": _recall(result, metrics),
        "stored": _stored(result, metrics),
        "numbers": _numbers(result, metrics),
    }


def _recall(result: RecallResult, metrics: Measurements) -> Figure:
    square = (SIDE, SIDE)
    known = result.controls.cue == "the drawing is stored"
    shown = 0 if known else result.nearest
    target = result.patterns[shown]
    energies = Computed(result.trace.energy, energy, {"w": result.weights, "s": result.states})
    wrong = int((result.states[-1] != target).sum())
    return Figure(
        title="A damaged pattern and its recall",
        caption=(
            "What is stored, the start, and the state now; crosses mark wrong pixels. Below: the"
            " {trace:energy|energy} after each update of one unit. Press or drag over “now” to damage it, then run."
        ),
        text=(
            f"Of {len(target)} pixels, {int((result.start != target).sum())} are wrong at the start and {wrong} at the"
            f" end. {metrics['units_that_changed']:.0f} updates changed a unit."
        ),
        plot=recalled_pattern(
            target.view(square).numpy(),
            result.start.view(square).numpy(),
            result.states[-1].view(square).numpy(),
            result.trace.energy.numpy(),
            titles=("stored" if known else "nearest stored", "start", "now"),
        ),
        height=420,
        machine=Machine(
            "hopfield",
            {
                "weights": result.weights,
                "start": result.start,
                "end": result.states[-1],
                "target": target,
                "order": result.order,
                "side": SIDE,
                "damage": max(flips(result.controls.damage), 1),
                "seed": result.controls.seed,
            },
        ),
        sources=[
            Plotted(energies, trace="energy"),
            Plotted(result.patterns, lambda p: p[shown].view(square), "stored"),
            Plotted(result.start, lambda s: s.view(square), "start"),
            Plotted(result.states, lambda s: s[-1].view(square), "now"),
        ],
    )


def _stored(result: RecallResult, metrics: Measurements) -> Figure:
    maps = result.patterns.unflatten(-1, (SIDE, SIDE))  # (K, H, W)
    columns = min(ACROSS, max(len(maps), 3))
    tiles = Grid(sheet(maps, columns).numpy(), (0, 0), high=1.0)
    row, column = divmod(result.nearest, columns)
    agrees = metrics["overlap_with_the_nearest"]
    which = "the negative of pattern" if agrees < 0 else "pattern"
    return Figure(
        title="What the network stores",
        caption="All patterns share the same weights. The {trace:nearest|frame} marks the one nearest to the end.",
        text=(
            f"Of {len(maps)} stored patterns and their negatives, {which} {result.nearest + 1} is nearest to the end"
            f" state: {abs(agrees):.0%} overlap, where 100% is the same pixel by pixel."
        ),
        plot=grids(
            {"stored patterns": tiles},
            lines={"nearest": tiles.outline((SIDE + 1) * row, (SIDE + 1) * column, SIDE, SIDE)},
            top=6,
        ),
        height=240,
        half=True,
        sources=[Plotted(result.patterns, lambda p: sheet(p.unflatten(-1, (SIDE, SIDE)), columns), "stored patterns")],
    )


def _numbers(result: RecallResult, metrics: Measurements) -> Figure:
    random, digits = result.counted
    drawn = curves(
        np.array(NUMBERS),
        {"random": random.numpy(), "digits": digits.numpy()},
        x_title="patterns stored",
        y_range=(-0.06, 1.08),
        markers=True,
        colours={"random": ACCENT, "digits": SERIES[1]},
        room=64,
    )
    drawn.update_yaxes(tickformat=".0%")
    drawn.update_xaxes(range=[0, NUMBERS[-1] + 0.4])
    at = NUMBERS.index(3)
    return Figure(
        title="Patterns returned without a wrong pixel",
        caption=(
            f"{{trace:random|Random patterns}} and {{trace:digits|handwritten digits}}: {COUNTED} networks per point,"
            " damaged as chosen."
        ),
        text=(
            f"With three patterns, {random[at]:.0%} of the networks return a random pattern, and {digits[at]:.0%} a"
            " digit."
        ),
        plot=apart(drawn, 170),
        height=240,
        half=True,
        sources=[Plotted(random, trace="random"), Plotted(digits, trace="digits")],
    )
