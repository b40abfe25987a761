"""Paths of points through depth, accuracy by solver, and the loss with and without an added dimension."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.flows.readings import SOLVER_STEPS
from app.experiments.energy.flows.run import KINDS, FlowResult, sides
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.flow_paths import flow_paths
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, INK_3

MOST_FRAMES = 17
INNER, OUTER = "inner ring", "outer ring"
BAR_NAMES = {"fine": "plane", "added": "plane + 1", "held": "plane + 1, held", "spare": "plane + 1 + 1 held"}


def figures(result: FlowResult, metrics: Measurements) -> Figures:
    return {
        "paths": _paths(result, metrics), "solvers": _solvers(result, metrics), "losses": _losses(result, metrics),
    }  # fmt: skip


def _paths(result: FlowResult, metrics: Measurements) -> Figure:
    path, model = result.path, result.model
    every = np.unique(np.linspace(0, len(path.times) - 1, MOST_FRAMES).round().astype(int))
    states = path.states[every][..., sides(model)]  # (S, P, 2)
    side = "added dimension" if model.added else ""
    crossing = (
        f" One step folds the plane at {metrics['folded_percent']:.0f} % of the points, so paths cross."
        if metrics["folded_percent"] > 0
        else " No step of this solver folds the plane at any point."
    )
    sideways = (
        f" Along the added dimension the points get as far as {metrics['farthest_along_the_added_dimension']:.2g}."
        if model.added
        else ""
    )
    return Figure(
        title="Paths of 44 points through depth" + (", seen from the side" if model.added else ""),
        caption=(
            f"{{trace:{INNER}|Inner}} and {{trace:{OUTER}|outer ring}}; arrows show the field. Step back to depth 0 and"
            " watch the points move."
        ),
        text=(
            f"As trained, {metrics['accuracy_as_trained_percent']:.1f} % of the held-out points are classified"
            f" correctly.{crossing}{sideways}"
        ),
        plot=flow_paths(
            states.numpy(), result.labels.numpy(), classes=(INNER, OUTER), places=result.places.numpy(),
            arrows=result.arrows.numpy(), names=[f"{time:.2f}" for time in path.times[every]],
            titles=("", side),
        ),
        height=400,
        half=True,
        steps="depth",
        start=len(every) - 1,
        sources=[
            Plotted(states[:, result.labels == number, 1], trace=name, framed=True)
            for number, name in enumerate((INNER, OUTER))
        ],
    )  # fmt: skip


def _solvers(result: FlowResult, metrics: Measurements) -> Figure:
    read = result.readings
    lines = {"Euler": torch.tensor(read.euler), "Runge–Kutta": torch.tensor(read.runge_kutta)}
    drawn = curves(
        SOLVER_STEPS, {name: line.numpy() for name, line in lines.items()}, x_title="steps of the solver", x_log=True,
        y_range=(0.4, 1.12), markers=True, room=92, colours={"Euler": INK_3, "Runge–Kutta": ACCENT},
    )  # fmt: skip
    drawn.update_xaxes(tickvals=SOLVER_STEPS[::2], ticktext=[str(steps) for steps in SOLVER_STEPS[::2]])
    for label, shift in zip(drawn.layout.annotations, (-9, 9)):
        label.yshift = shift
    return Figure(
        title="Accuracy, share, by solver",
        caption="The same trained weights, solved by {trace:Euler|Euler} and {trace:Runge–Kutta|Runge–Kutta} steps.",
        text=(
            f"The adaptive solver, which chooses its own steps, classifies {metrics['accuracy_adaptive_percent']:.1f} %"
            f" correctly with {metrics['evaluations']:.0f} evaluations of the field; before training it needed"
            f" {metrics['evaluations_untrained']:.0f}."
        ),
        plot=mark_x(drawn, result.model.steps, "as trained"),
        height=400,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _losses(result: FlowResult, metrics: Measurements) -> Figure:
    kind = KINDS[result.controls.trained]
    shown = {name: loss for name, loss in result.losses.items() if name in BAR_NAMES}
    losses = torch.tensor(list(shown.values()), dtype=torch.double)
    return Figure(
        title="Held-out loss, nats per point",
        caption="Mean of five trainings, in the plane and with one added dimension that begins at 0 (plane + 1).",
        text=f"With the added dimension the loss is {metrics['loss_ratio']:.2g} times that in the plane.",
        plot=horizontal_bars(
            losses.numpy(), labels=[BAR_NAMES[name] for name in shown], picked=BAR_NAMES.get(kind), as_="{:.4f}"
        ),
        height=150,
        sources=[Plotted(losses, trace="values")],
    )
