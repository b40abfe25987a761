"""The cell's state by equation and in closed form, errors by the input's speed, and what trained cells predict."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.held_inputs.run import HeldResult
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, FAILED, INK_3


def figures(result: HeldResult, metrics: Measurements) -> Figures:
    return {
        "course": _course(result, metrics), "errors": _errors(result, metrics), "trained": _trained(result, metrics),
    }  # fmt: skip


def _course(result: HeldResult, metrics: Measurements) -> Figure:
    lines = {"solution": result.solution, "closed form": result.closed, "input": result.input}
    drawn = curves(
        result.time.numpy(), {name: line.numpy() for name, line in lines.items()}, x_title="seconds", room=16,
        colours={"solution": INK_3, "closed form": ACCENT, "input": FAILED},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.data[0].line.width, drawn.data[0].opacity = 6, 0.45
    drawn.data[2].line.width = 1
    return Figure(
        title="One cell’s state",
        caption=(
            "{trace:solution|The equation’s solution}, {trace:closed form|the closed form}, which reads"
            " {trace:input|the input} once per second. Raise the speed and watch them part."
        ),
        text=(
            f"At {result.controls.speed:g} radians per second the closed form is off by"
            f" {metrics['closed_form_error']:.2g}, the solver of {result.controls.steps} steps by"
            f" {metrics['solver_error']:.2g}. The solution rises to {metrics['solution_highest']:.2f}, the closed"
            f" form to {metrics['closed_form_highest']:.2f}."
        ),
        plot=drawn,
        height=300,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _errors(result: HeldResult, metrics: Measurements) -> Figure:
    lines = {"closed form": result.closed_errors, "solver": result.solver_errors}
    drawn = curves(
        result.speeds.numpy(), {name: line.numpy() for name, line in lines.items()},
        x_title="speed of the input, radians per second", x_log=True, y_log=True, room=16,
        colours={"closed form": ACCENT, "solver": INK_3},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(tickvals=[0.1, 0.3, 1, 3], ticktext=["0.1", "0.3", "1", "3"])
    drawn.update_yaxes(dtick=1, exponentformat="power")
    crossing = metrics["crossing_speed"]
    crossed = (
        f"From {crossing:.2f} radians per second on, the closed form errs more than the solver."
        if crossing == crossing
        else "Their errors do not cross between 0.05 and 6 radians per second."
    )
    return Figure(
        title="Root mean square error of the state",
        caption=(
            "{trace:closed form|Closed form}: one evaluation per second. {trace:solver|Solver}:"
            f" {result.controls.steps} evaluations."
        ),
        text=crossed,
        plot=mark_x(drawn, result.controls.speed, "in use"),
        height=280,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _trained(result: HeldResult, metrics: Measurements) -> Figure:
    found = torch.tensor(list(result.predicted.values()), dtype=torch.double)
    names = ["closed form", "mean gap", "mean gap after", "GRU with gaps"]
    own = names[list(result.predicted).index(result.controls.cells)]
    return Figure(
        title="Error of trained cells on a wave’s next value",
        caption=(
            "Cells are told the gap to the next value. Mean gap: they get its mean instead, in training too; after:"
            " only once trained. The waves have size 1."
        ),
        text=(
            f"Cells trained with the mean gap err {metrics['mean_gap_error_ratio']:.1f} times as much as cells that are"
            f" given each gap. The cells in use err {metrics['long_gaps_over_short']:.1f} times as much after the"
            " longest quarter of the gaps as after the shortest."
        ),
        plot=horizontal_bars(found.numpy(), labels=names, picked=own, as_="{:.3f}", left=110),
        height=280,
        half=True,
        sources=[Plotted(found, trace="values")],
    )
