"""The objectives over the model's deviation, what far-apart weights leave of them, and what denoising finds."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.score_objectives.run import (
    DEVIATION,
    DEVIATIONS,
    DISTANCES,
    SIGMAS,
    ScoreObjectivesResult,
    over_spread,
)
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_3, SERIES

HIGHEST = 4.0
"""Of the first figure's vertical axis."""


def figures(result: ScoreObjectivesResult, metrics: Measurements) -> Figures:
    return {
        "objectives": _objectives(result, metrics),
        "weights": _weights(result, metrics),
        "denoising": _denoising(result, metrics),
    }


def _objectives(result: ScoreObjectivesResult, metrics: Measurements) -> Figure:
    chosen = result.controls.objective
    order = [*(kind for kind in result.curves if kind != chosen), chosen]
    above = {kind: result.curves[kind] - result.curves[kind].min() for kind in order}
    others = iter((SERIES[1], SERIES[2], SERIES[3], SERIES[4]))
    colours: dict[str, str] = {kind: ACCENT if kind == chosen else next(others) for kind in order}
    drawn = curves(
        DEVIATIONS.numpy(), {kind: values.numpy() for kind, values in above.items()},
        x_title="deviation of the model’s modes", y_range=(0, HIGHEST), room=12, colours=colours,
    )  # fmt: skip
    drawn.layout.annotations = ()
    for trace in drawn.data:
        trace.line.width = 3.5 if trace.name == chosen else 1.5
    mark_x(drawn, DEVIATION, "the data’s")
    named = ", ".join(f"{{trace:{kind}|{kind.replace(', ', ' by ')}}}" for kind in order)
    return Figure(
        title="Objectives over the deviation, each above its lowest value",
        caption=(
            f"{named}. The lowest point of each is what it would find. The denoising one finds the deviation of the"
            " noisy data, to the right of the data’s own."
        ),
        text=(
            f"The objective “{chosen}” is lowest at {metrics['deviation_found']:.3f}; it should be at"
            f" {metrics['deviation_aimed_at']:.3f}."
        ),
        plot=drawn,
        height=320,
        sources=[Plotted(values, trace=kind) for kind, values in above.items()],
    )


def _weights(result: ScoreObjectivesResult, metrics: Measurements) -> Figure:
    lines = {
        "score matching": torch.tensor([over_spread(one.objective) for one in result.gaps]),
        "log-likelihood": torch.tensor([over_spread(one.likelihood) for one in result.gaps]),
    }
    drawn = curves(
        np.asarray(DISTANCES), {name: values.numpy() for name, values in lines.items()},
        x_title="distance of the modes", y_range=(-1, 24), room=12, markers=True,
        colours={"score matching": ACCENT, "log-likelihood": SERIES[1]},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.add_shape(reference_line(y=1, colour=INK_3))
    drawn.add_shape(reference_line(x=result.controls.apart))
    return Figure(
        title="Are swapped weights visible?",
        caption=(
            "Gap between weights 80 : 20 and 20 : 80, over its spread between sets of data: {trace:score matching|score"
            " matching} and {trace:log-likelihood|log-likelihood}. Below 1 (dotted) the gap is lost in that spread."
        ),
        text=(
            f"With modes {result.controls.apart:g} apart, swapping the weights changes the score-matching objective by"
            f" {metrics['weight_gap_over_spread']:.2f} times its spread between data sets, and the log-likelihood by"
            f" {metrics['likelihood_gap_over_spread']:.1f} times."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[Plotted(values, trace=name) for name, values in lines.items()],
    )


def _denoising(result: ScoreObjectivesResult, metrics: Measurements) -> Figure:
    formula = (DEVIATION**2 + torch.tensor(SIGMAS) ** 2).sqrt()
    lines = {"deviation of the noisy data": formula, "found": result.minima}
    drawn = curves(
        np.asarray(SIGMAS), {name: values.numpy() for name, values in lines.items()},
        x_title="σ of the noise", y_range=(0, 1.3), room=12, markers=True,
        colours={"deviation of the noisy data": SERIES[1], "found": ACCENT},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.add_shape(reference_line(y=DEVIATION))
    drawn.add_shape(reference_line(x=result.controls.sigma))
    return Figure(
        title="What the denoising objective finds",
        caption=(
            "{trace:found|Deviation found} and {trace:deviation of the noisy data|that of the noisy data}. The dotted"
            f" horizontal line is the data’s own, {DEVIATION}."
        ),
        text=(
            f"With noise of σ = {result.controls.sigma} the denoising objective finds"
            f" {metrics['denoising_deviation']:.3f}; the"
            f" noisy data have {metrics['smoothed_deviation']:.3f}."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[Plotted(formula, trace="deviation of the noisy data"), Plotted(result.minima, trace="found")],
    )
