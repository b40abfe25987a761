"""The loss at every step on its floor, how far it stands above, and predicted against true noise at one step."""

import numpy as np
import plotly.graph_objects as go
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.known_mixture import ALPHA_BAR, PARTS, mixture_of
from app.experiments.generative.noise_objective.run import (
    STEPS_TESTED,
    NoiseObjectiveResult,
    lesson_of,
    tested,
)
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.generative.mixtures import noise_mean
from visualizers.curve import mark_x
from visualizers.diagonal_dots import diagonal_dots
from visualizers.stepped_curves import stepped_curves
from visualizers.theme import ACCENT, SERIES

DOTS = 300


def figures(result: NoiseObjectiveResult, metrics: Measurements) -> Figures:
    return {
        "loss": _loss(result, metrics),
        "excess": _excess(result, metrics),
        "dots": _dots(result, metrics),
    }


def _shown(result: NoiseObjectiveResult) -> slice:
    """The newest while training goes on, all when it is over."""
    return slice(None) if result.part == PARTS else slice(-1, None)


def _frames(result: NoiseObjectiveResult) -> list[str]:
    return list(map(str, result.taken[_shown(result)]))


def _loss(result: NoiseObjectiveResult, metrics: Measurements) -> Figure:
    excess = result.excess[_shown(result)]
    loss, floor = excess + result.floor, result.floor.expand_as(excess)
    frames = _frames(result)
    drawn = stepped_curves(
        np.asarray(STEPS_TESTED), {"loss": loss.numpy(), "floor": floor.numpy()},
        x_title="step t, more noise to the right", y_range=(0, 1.3),
        colours={"floor": SERIES[1], "loss": ACCENT}, frames=frames, start=len(frames) - 1,
    )  # fmt: skip
    _log_steps(drawn)
    mark_x(drawn, result.controls.at, "dots below")
    return Figure(
        title="Loss at every step, and the floor under it",
        caption=(
            "{trace:loss|Loss} of the network on held-out points, and {trace:floor|the floor}: the loss of the best"
            " possible prediction, known here. Where the lines part, there is something left to learn."
        ),
        text=(
            f"The floor falls from {metrics['floor_at_the_cleanest']:.2f} at t = 1 to"
            f" {metrics['floor_at_the_noisiest']:.5f} at t = 100. Averaged over the tested steps the loss is"
            f" {metrics['mean_excess']:.3f} above it."
        ),
        plot=drawn,
        height=300,
        steps="training step",
        start=len(frames) - 1,
        sources=[Plotted(floor, trace="floor", framed=True), Plotted(loss, trace="loss", framed=True)],
    )


def _log_steps(drawn: go.Figure) -> None:
    ticks = [1, 2, 5, 10, 20, 50, 100]
    drawn.update_xaxes(type="log", tickvals=ticks, ticktext=list(map(str, ticks)))


def _excess(result: NoiseObjectiveResult, metrics: Measurements) -> Figure:
    excess = result.excess[_shown(result)]
    frames = _frames(result)
    highest = max(1.15 * float(result.excess[-1].nan_to_num(0.0, 1.0).max()), 1e-3)
    drawn = stepped_curves(
        np.asarray(STEPS_TESTED), {"above the floor": excess.numpy()}, x_title="step t",
        y_range=(0, min(highest, 3.0)), colours={"above the floor": ACCENT}, frames=frames, start=len(frames) - 1,
    )  # fmt: skip
    _log_steps(drawn)
    peak = int(metrics["step_of_highest_excess"])
    mark_x(drawn, peak, f"t = {peak}")
    return Figure(
        title="How far the loss stands above its floor",
        caption="{trace:above the floor|Loss minus floor} at every step. The dotted line marks the"
        " highest of the tested steps, both ends left out.",
        text=(
            f"The loss above the floor is highest at t = {peak}, {metrics['highest_excess']:.3f}; it is"
            f" {metrics['excess_at_the_cleanest']:.3f} at t = 1 and"
            f" {metrics['excess_at_the_noisiest']:.4f} at t = 100, after {number(result.taken[-1])} training steps."
        ),
        plot=drawn,
        height=300,
        half=True,
        steps="training step",
        start=len(frames) - 1,
        sources=[Plotted(excess, trace="above the floor", framed=True)],
    )


def _dots(result: NoiseObjectiveResult, metrics: Measurements) -> Figure:
    c = result.controls
    lesson = lesson_of(c)
    best = Computed(
        result.best, noise_mean,
        {"mixture": mixture_of(lesson), "x": tested(lesson.apart, c.seed, (c.at,)).x[0], "a": ALPHA_BAR[c.at].item()},
    )  # fmt: skip
    return Figure(
        title=f"Predicted against true noise, t = {c.at}",
        caption=(
            f"{DOTS} points, first coordinate: {{trace:learned|the network}} over {{trace:best possible|the best"
            " possible prediction}. Even that stays off the diagonal: the same point can come from several noises."
        ),
        text=(
            f"At t = {c.at} the network’s loss is {metrics['loss_at_the_dots']:.3f}, that of the best possible"
            f" prediction {metrics['floor_at_the_dots']:.3f}. Always predicting zero has a loss of 1."
        ),
        plot=diagonal_dots(
            result.noise[:DOTS, 0].numpy(),
            {"best possible": result.best[:DOTS, 0].numpy(), "learned": result.predicted[:DOTS, 0].numpy()},
            x_title="true noise", y_title="predicted noise", reach=3.2,
        ),
        height=300,
        half=True,
        sources=[
            Plotted(best, _first, trace="best possible"),
            Plotted(result.predicted, _first, trace="learned"),
        ],
    )  # fmt: skip


def _first(x: Tensor) -> Tensor:
    return torch.as_tensor(x)[:DOTS, 0]
