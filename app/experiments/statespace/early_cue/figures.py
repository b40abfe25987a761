"""A sequence above the kernel that reads it, the modes that the kernel is made of, and the output in two forms."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.early_cue.run import LONG, EarlyCueResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.data.early_cue import STEPS
from models.statespace.linear_ssm import convolved
from models.training.early_cue import MODES
from visualizers.curve import curves, mark_x
from visualizers.log_points import log_points
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

FAINTEST = 1e-7
INPUT, WEIGHT, OUTPUT = "input", "weight of each step in the last output", "output"


def figures(result: EarlyCueResult, metrics: Measurements) -> Figures:
    return {
        "sequence": _sequence(result, metrics),
        "modes": _modes(result, metrics),
        "forms": _forms(result, metrics),
    }


def _sequence(result: EarlyCueResult, metrics: Measurements) -> Figure:
    K = result.system.kernel[0]
    y = computed(convolved, u=result.shown.u, K=K)
    time = np.arange(STEPS)
    cue = int(result.shown.cues[0])
    last, sign = y.tensor[0, -1].item(), "positive" if result.shown.classes[0] else "negative"
    charts = [
        Strip(INPUT, {"u": (time, result.shown.u[0].numpy())}, colours=[INK_3], dots=False),
        Strip(WEIGHT, {"K": (time, K.flip(-1).numpy())}, colours=[ACCENT], dots=False),
        Strip(OUTPUT, {"y": (time, y.tensor[0].numpy())}, colours=[SERIES[1]], dots=False),
    ]
    return Figure(
        title="What the last output reads",
        caption=(
            f"{{trace:u, {INPUT}|Input}}: the first pulse is the cue. {{trace:K, {WEIGHT}|The kernel, read backwards}}:"
            f" the weight of each step. {{trace:y, {OUTPUT}|Output}}: its last sign is the answer."
        ),
        text=(
            f"The weight of steps where cues stand is {metrics['weight_at_cues']:.2f} on average, that of steps where"
            f" distractors stand {metrics['weight_at_distractors']:.2f}. This cue is {sign}; the last output is"
            f" {last:.2f}."
        ),
        plot=strips(charts, x_title="step", marks={"cue": (cue, "right")}),
        height=400,
        sources=[
            Plotted(K, lambda weights: weights.flip(-1), trace=f"K, {WEIGHT}"),
            Plotted(y, lambda out: out[0], trace=f"y, {OUTPUT}"),
        ],
    )


def _modes(result: EarlyCueResult, metrics: Measurements) -> Figure:
    carried = result.carried.clamp(min=FAINTEST)
    drawn = log_points(
        result.half_lives.numpy(), carried.numpy(), x_title="half-life, steps", y_title="weight at cues", floor=FAINTEST
    )
    drawn.data[0].marker.update(size=9, opacity=0.8)
    drawn.update_yaxes(range=[-7, 2])
    drawn.update_xaxes(tickvals=[1, 10, 100, 1000], ticktext=["1", "10", "100", "1000"])
    return Figure(
        title="Which modes reach back to the cue",
        caption=(
            f"A dot per mode: its half-life, and its weight at the ages of cues. Right of the line, more than half of"
            f" what it got {LONG} steps ago is left."
        ),
        text=(
            f"{metrics['long_modes']:.0f} of {MODES} modes have a half-life above {LONG} steps. The shortest is"
            f" {metrics['shortest_half_life_steps']:.1f} steps, the longest"
            f" {number(round(metrics['longest_half_life_steps']))}."
        ),
        plot=mark_x(drawn, LONG, f"{LONG} steps"),
        height=260,
        half=True,
        sources=[Plotted(carried, trace="values")],
    )


def _forms(result: EarlyCueResult, metrics: Measurements) -> Figure:
    by_steps, by_form = result.outputs["recurrence"], result.outputs["FFT"]
    drawn = curves(
        np.arange(STEPS),
        {"recurrence": by_steps[0].numpy(), "FFT": by_form[0].numpy()},
        x_title="step",
        colours={"recurrence": SERIES[1], "FFT": SERIES[2]},
        room=16,
    )
    drawn.layout.annotations = ()
    drawn.data[0].line.width = 5
    drawn.data[0].opacity = 0.5
    return Figure(
        title="The same output, twice",
        caption=(
            "{trace:recurrence|Step by step}, with a state of fixed size, and {trace:FFT|by FFT}, all steps at once."
        ),
        text=(
            f"Recurrence and FFT differ by at most {metrics['largest_difference_share']:.1e} of the largest output; the"
            f" sum over pairs differs by {metrics['sum_difference_share']:.1e}. At the last step the FFT is off by"
            f" {metrics['last_step_difference_share']:.1e}."
        ),
        plot=drawn,
        height=260,
        half=True,
        sources=[
            Plotted(by_steps, lambda y: y[0], trace="recurrence"),
            Plotted(by_form, lambda y: y[0], trace="FFT"),
        ],
    )
