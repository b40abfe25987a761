"""True steps back of three sizes and the closest Gaussian, the learned mean on the exact one, the chains' spread."""

import math

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.known_mixture import ALPHA_BAR, PARTS
from app.experiments.generative.reverse_step.run import COUNTS, ERROR_STEP, LINE, ReverseStepResult
from app.provenance.origin import Computed, Plotted
from models.generative.exact_reverse import along, density_along, exact_step, matched_gaussian
from models.generative.mixtures import posterior_mean
from visualizers.charts_beside import Chart, charts_beside
from visualizers.curve import curves
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_2, INK_3, SERIES


def figures(result: ReverseStepResult, metrics: Measurements) -> Figures:
    return {
        "steps": _steps(result, metrics),
        "mean": _mean(result, metrics),
        "spread": _spread(result, metrics),
    }


def _steps(result: ReverseStepResult, metrics: Measurements) -> Figure:
    t = result.controls.at
    charts: list[Chart] = []
    sources: list[Plotted] = []
    for back in result.backs:
        exact, gaussian = f"true, to {back.earlier}", f"Gaussian, to {back.earlier}"
        if exact in (shown for chart in charts for shown in chart.lines):
            exact, gaussian = f"{exact} again", f"{gaussian} again"
        mark = "• " if back.name == result.controls.stride else ""
        charts.append(
            Chart(
                f"{mark}t = {t} → {back.earlier}", LINE.numpy(),
                {exact: back.exact.numpy(), gaussian: back.gaussian.numpy()}, {gaussian: SERIES[1], exact: ACCENT},
                "position on the line", (0.0, 1.1 * float(torch.stack([back.exact, back.gaussian]).max())),
            )
        )  # fmt: skip
        true = along(exact_step(result.mixture, result.x, ALPHA_BAR[t].item(), ALPHA_BAR[back.earlier].item()))
        sources += [
            Plotted(Computed(back.exact, density_along, {"mixture": true, "places": LINE}), trace=exact),
            Plotted(
                Computed(back.gaussian, density_along, {"mixture": matched_gaussian(true), "places": LINE}),
                trace=gaussian,
            ),
        ]
    return Figure(
        title="Where the point may have been: true steps back of three sizes",
        caption=(
            "{accent|Solid}: density of the earlier point, along the line through both modes. {c2|Dashed}: the Gaussian"
            " of the same mean and variance, as a reverse step uses it. Small steps fit, large ones may not. A dot"
            " marks the chosen step."
        ),
        text=(
            f"The total variation distance to a Gaussian is {result.backs[0].distance:.3f} for one step,"
            f" {result.backs[1].distance:.3f} half way and {result.backs[2].distance:.3f} for the whole way."
        ),
        plot=charts_beside(charts).update_xaxes(nticks=4),
        height=260,
        sources=sources,
    )


def _mean(result: ReverseStepResult, metrics: Measurements) -> Figure:
    a = ALPHA_BAR[result.controls.at].item()
    line = torch.stack([LINE, torch.zeros_like(LINE)], dim=-1)  # (G, 2)
    exact = Computed(result.along_exact, posterior_mean, {"mixture": result.mixture, "x": line, "a": a})
    learned, true = result.along_learned[:, 0], result.along_exact[:, 0]
    reach = 1.15 * float(true.abs().max())
    drawn = curves(
        LINE.numpy(), {"exact": true.numpy(), "learned": learned.clamp(-2 * reach, 2 * reach).numpy()},
        x_title=f"position at t = {result.controls.at}", y_range=(-reach, reach), room=12,
        colours={"exact": SERIES[1], "learned": ACCENT},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.add_shape(reference_line(x=result.x[0].item()))
    words = f"The modes overlap so far at t = {ERROR_STEP} that hardly a position is decided."
    if math.isfinite(metrics["error_undecided_over_decided"]):
        words = (
            f"At t = {ERROR_STEP} the squared error of the learned mean is"
            f" {metrics['error_undecided_over_decided']:.1f} times as large where the mode is undecided as where it is"
            " not."
        )
    return Figure(
        title="Mean of the clean point, by position",
        caption=(
            "{trace:learned|Learned} and {trace:exact|exact} mean of x₀, along the line through both modes. The dotted"
            " line marks the point of the steps above."
        ),
        text=words,
        plot=drawn,
        height=300,
        half=True,
        sources=[
            Plotted(exact, lambda x: torch.as_tensor(x)[:, 0], trace="exact"),
        ],
    )


def _spread(result: ReverseStepResult, metrics: Measurements) -> Figure:
    names = {"β̃, the smaller": "with β̃", "β, the larger": "with β", "none: noise left out": "without noise"}
    lines = {names[key]: spread for key, spread in result.spreads.items()}
    drawn = curves(
        np.asarray(COUNTS), {name: spread.clamp(max=3).numpy() for name, spread in lines.items()},
        x_title="steps of the chain", y_range=(-0.05, 1.7), room=12, markers=True,
        colours={"with β̃": ACCENT, "with β": SERIES[1], "without noise": INK_2},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(type="log", tickvals=list(COUNTS), ticktext=list(map(str, COUNTS)))
    drawn.add_shape(reference_line(y=1, colour=INK_3))
    drawn.add_shape(reference_line(x=result.controls.steps))
    c = result.controls
    told = "The network is still being trained; then the chains start."
    if result.part == PARTS:
        told = (
            f"After {c.steps} steps of {c.spacing} spacing the samples have {metrics['spread_with_smaller']:.2f} times"
            f" the spread of the data with β̃, and {metrics['spread_with_larger']:.2f} times with β."
            f" With the new noise left out, it is {metrics['spread_without_noise']:.2f} times."
        )
    return Figure(
        title="Spread of samples, 1 is right",
        caption=(
            "Chains of the learned mean {trace:with β̃|with the smaller} and {trace:with β|the larger} variance, and"
            " {trace:without noise|with the new noise left out}, over the spread of the data. The dotted vertical line"
            " is this setting."
        ),
        text=told,
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(spread.clamp(max=3), trace=name) for name, spread in lines.items()],
    )
