"""Mistakes against the bound, one point per set, and both by the gap beside the line."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.perceptron_bound.run import GAPS, SETS, PerceptronBoundResult
from app.provenance.origin import Computed, Plotted
from models.linear.perceptron import mistake_bound
from visualizers.curve import curves
from visualizers.measured_vs_formula import measured_vs_formula
from visualizers.theme import ACCENT, INK_3

BOUND, MADE = "bound", "mistakes"


def figures(result: PerceptronBoundResult, metrics: Measurements) -> Figures:
    return {"sets": _sets(result, metrics), "gaps": _gaps(result, metrics)}


def _sets(result: PerceptronBoundResult, metrics: Measurements) -> Figure:
    bound, made = result.bound.numpy(), result.mistakes.clamp(min=1).numpy()
    keys = ", ".join(f"{{trace:gap {gap:g}|{gap:g}}}" for gap in GAPS)
    unfinished = metrics["unfinished_sets"]
    still = f" {unfinished:g} sets still made mistakes when the passes were over." if unfinished else ""
    return Figure(
        title="Mistakes made, against the bound (R / γ)²",
        caption=(
            f"One point is one set, {SETS} sets for each gap beside the line: {keys}. On the"
            " {trace:equal|dotted line} the mistakes would equal the bound."
        ),
        text=(
            f"In the median the mistakes are {metrics['median_share_of_the_bound']:.1%} of the bound;"
            f" {metrics['sets_above_the_bound']:g} of {made.size} sets lie above it.{still}"
        ),
        plot=measured_vs_formula(
            {f"gap {gap:g}": (bound[at], made[at]) for at, gap in enumerate(GAPS)}, x_title="bound", unit="mistakes"
        ),
        height=400,
    )


def _gaps(result: PerceptronBoundResult, metrics: Measurements) -> Figure:
    middle = result.bound.median(dim=1)
    places = middle.indices[:, None]
    bound = Computed(result.bound, mistake_bound, {"radius": result.radius, "margin": result.margin})
    return Figure(
        title="The smaller the gap, the more mistakes",
        caption=f"{{trace:{BOUND}|Bound}} and {{trace:{MADE}|mistakes}}: median of {SETS} sets at each gap.",
        text=(
            f"From the widest gap to the smallest, the mistakes grow"
            f" {metrics['mistakes_smallest_over_widest_gap']:.1f}-fold and the bound"
            f" {metrics['bound_smallest_over_widest_gap']:.0f}-fold."
        ),
        plot=curves(
            np.array(GAPS),
            {BOUND: middle.values.numpy(), MADE: result.mistakes.median(dim=1).values.clamp(min=1).numpy()},
            x_title="gap on each side of the line",
            x_log=True,
            y_log=True,
            markers=True,
            colours={BOUND: INK_3, MADE: ACCENT},
        ).update_xaxes(tickvals=GAPS, ticktext=[f"{gap:g}" for gap in GAPS]),
        height=300,
        sources=[Plotted(bound, lambda b: b.gather(1, places)[:, 0], trace=BOUND)],
    )
