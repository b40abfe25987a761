"""Paths forwards and backwards, the gradients' errors by tolerance, and what each method keeps in memory."""

import plotly.graph_objects as go
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.backward_solve.run import POWERS, BackwardResult
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.theme import ACCENT, FAILED, INK_3
from visualizers.there_and_back import there_and_back

DRAWN = 14
TOLERANCES = [10.0**-power for power in POWERS]
TICKS = {"tickvals": TOLERANCES[::-1], "ticktext": [f"10<sup>−{power}</sup>" for power in POWERS[::-1]]}


def figures(result: BackwardResult, metrics: Measurements) -> Figures:
    return {
        "paths": _paths(result, metrics), "errors": _errors(result, metrics), "bytes": _bytes(result, metrics),
    }  # fmt: skip


def _paths(result: BackwardResult, metrics: Measurements) -> Figure:
    forwards, backwards = result.solved.forward.states[:, :DRAWN], result.solved.backward.states[:, :DRAWN]
    return Figure(
        title=f"{DRAWN} paths, forwards and backwards",
        caption=(
            "{trace:forwards|Forwards} from the rings, then {trace:backwards|backwards} from the ends. A cross off its"
            " circle: the recomputed start has drifted away."
        ),
        text=(
            f"The recomputed starts are {number(metrics['start_drift_percent'])} % of their size away from the true"
            " ones."
        ),
        plot=there_and_back(forwards.numpy(), backwards.numpy()),
        height=360,
        half=True,
        sources=[
            Plotted(forwards[0, :, 1], trace="true starts"), Plotted(backwards[-1, :, 1], trace="recomputed starts"),
        ],
    )  # fmt: skip


def _curves(lines: dict[str, torch.Tensor], power: int, colours: dict[str, str], dtick: int) -> go.Figure:
    drawn = curves(
        TOLERANCES, {name: line.numpy() for name, line in lines.items()}, x_title="tolerance of the solver",
        x_log=True, y_log=True, markers=True, colours=colours, room=14,
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(**TICKS).update_yaxes(exponentformat="power", dtick=dtick)
    return mark_x(drawn, 10.0**-power, "in use")


def _errors(result: BackwardResult, metrics: Measurements) -> Figure:
    lines = {
        "by the weights": torch.tensor([one.weights for one in result.along], dtype=torch.double),
        "by the inputs": torch.tensor([one.inputs for one in result.along], dtype=torch.double),
    }
    return Figure(
        title="Relative error of the gradients",
        caption=(
            "{trace:by the weights|Weight gradient} and {trace:by the inputs|input gradient}, against those of"
            " backpropagation through 100 Runge–Kutta steps."
        ),
        text=(
            f"The weight gradient is off by {number(metrics['weight_gradient_error_percent'])} %, the input gradient by"
            f" {number(metrics['input_gradient_error_percent'])} %."
        ),
        plot=_curves(lines, result.controls.tolerance, {"by the weights": ACCENT, "by the inputs": FAILED}, 2),
        height=360,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _bytes(result: BackwardResult, metrics: Measurements) -> Figure:
    lines = {
        "backpropagation": torch.tensor([one.backpropagation_bytes for one in result.along], dtype=torch.double) / 1000,
        "adjoint method": torch.tensor([one.adjoint_bytes for one in result.along], dtype=torch.double) / 1000,
    }
    growth = (lines["backpropagation"][-1] / lines["backpropagation"][0]).item()
    return Figure(
        title="Kept for the way back, kilobytes",
        caption=(
            "By {trace:backpropagation|backpropagation} through the solver and by the {trace:adjoint method|adjoint"
            " method}, for 32 points."
        ),
        text=(
            f"At the tolerance in use, backpropagation keeps {number(round(metrics['bytes_ratio']))} times as much."
            f" From the loosest to the strictest tolerance, what it keeps grows {growth:.1f} times."
        ),
        plot=_curves(lines, result.controls.tolerance, {"backpropagation": INK_3, "adjoint method": ACCENT}, 1),
        height=240,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )  # fmt: skip
