"""Accuracy against Δ at two sampling rates, which pitch is heard, and one mode between its samples."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.sampling_step.run import (
    FACTORS,
    RATES,
    StepResult,
)
from app.provenance.origin import Plotted
from models.data.tones import PITCHES
from visualizers.curve import curves, mark_x
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT, INK_3


def figures(result: StepResult, metrics: Measurements) -> Figures:
    return {
        "rates": _rates(result, metrics),
        "heard": _heard(result, metrics),
        "mode": _mode(result, metrics),
    }


def _factor(result: StepResult) -> float:
    return 1 / RATES[result.controls.rate] if result.controls.delta == "follows the rate" else 1.0


def _rates(result: StepResult, metrics: Measurements) -> Figure:
    named = lambda rate: "rate as trained" if rate == "as trained" else f"{rate} rate"
    lines = {named(rate): np.array(found) for rate, found in result.along.items()}
    names = list(lines)
    plot = curves(
        FACTORS, lines, x_title="Δ, over the trained Δ", x_log=True, y_range=(0, 1.05), markers=True,
        colours={names[0]: INK_3, names[-1]: ACCENT}, room=112,
    )  # fmt: skip
    plot.update_xaxes(tickvals=[0.5, 1, 2, 4], ticktext=["½", "1", "2", "4"])
    sampled = " and ".join(f"{{trace:{name}|{name}}}" for name in names)
    best = " and ".join(
        f"{FACTORS[int(np.argmax(found))]:.3g} times the trained one ({name})" for name, found in lines.items()
    )
    return Figure(
        title="Pitches named rightly, against Δ",
        caption=f"Held-out sounds, sampled at {sampled}. The dotted line is the Δ in use.",
        text=(f"With the Δ in use, {metrics['accuracy']:.0%} of the pitches are named rightly. The best Δ is {best}."),
        plot=mark_x(plot, _factor(result), "in use"),
        height=280,
        sources=[Plotted(torch.from_numpy(found), trace=name) for name, found in lines.items()],
    )


def _heard(result: StepResult, metrics: Measurements) -> Figure:
    names = [f"{pitch:g}" for pitch in PITCHES]
    drawn = heatmap(
        result.heard.numpy(),
        rows=names,
        columns=names,
        row_title="cycles played",
        column_title="cycles heard",
        high=1.0,
    )
    return Figure(
        title="Which pitch is heard",
        caption="Rows: the pitch that is played, in cycles per sound. Columns: the one that is named. Rows sum to 1.",
        text=(
            f"{metrics['accuracy']:.0%} lie on the diagonal. Of the three lower pitches, {metrics['octave_up']:.0%} are"
            " heard an octave too high."
        ),
        plot=write_cells(drawn, as_="%{z:.2f}"),
        sources=[Plotted(result.heard)],
        height=260,
        half=True,
    )


def _mode(result: StepResult, metrics: Measurements) -> Figure:
    c = result.controls
    x = result.x.real
    time = result.time.numpy()
    bound = 1.6 * float(result.truth.real.abs().max())
    plot = curves(
        time, {"solution": result.truth.real.numpy(), "recurrence": x.numpy()},
        x_title="seconds", y_range=(-bound, bound), markers=True,
        colours={"solution": INK_3, "recurrence": ACCENT}, room=16,
    )  # fmt: skip
    plot.layout.annotations = ()
    plot.data[0].line.width = 6
    plot.data[0].opacity = 0.5
    plot.data[0].mode = "lines"
    return Figure(
        title=f"One mode, Δ = {c.step:g} s",
        caption=(
            "{trace:solution|The differential equation’s solution} and {trace:recurrence|the recurrence}, at the"
            " samples."
        ),
        text=(
            f"{c.rule[0].upper() + c.rule[1:]} is off by {metrics['mode_error_share']:.2g} of the solution’s size. Each"
            f" step multiplies the size of the past by {metrics['growth_per_step']:.3f}. On the smooth input, half the"
            f" step divides the error by {2 ** metrics['error_order']:.1f}."
        ),
        plot=plot,
        height=260,
        half=True,
        sources=[Plotted(x, trace="recurrence"), Plotted(result.truth.real, trace="solution")],
    )
