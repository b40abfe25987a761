"""The grid moved by what was learned, its error at every point, and both errors during training."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.linear_map.run import SIDE, LinearMapResult, errors
from app.number_format import small
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.marks import reference_line
from visualizers.matrix import heatmap
from visualizers.moved_grid import moved_grid
from visualizers.theme import INK, SERIES, note

TINY = 1e-8


def figures(result: LinearMapResult, metrics: Measurements) -> Figures:
    return {"grid": _grid(result, metrics), "error": _error(result, metrics), "learning": _learning(result, metrics)}


def _grid(result: LinearMapResult, metrics: Measurements) -> Figure:
    x, y, weights = result.examples.numpy(), result.answers.numpy(), result.weights.numpy()
    vectors = {f"example {number + 1}": (x[number], y[number], weights @ x[number]) for number in range(2)}
    steps = [f"step {step}" for step in result.steps]
    return Figure(
        title="The plane before and after the map",
        caption=(
            "Two examples train the matrix: {trace:example 1|example 1} and {trace:example 2|example 2}. Right:"
            " {trace:grid, wanted|wide lines} are what is wanted, {trace:grid, learned|thin lines} what was learned."
            " The training never saw the grid."
        ),
        text=(
            f"After {result.steps[-1]} steps the largest error is {small(metrics['example_error'])} on the two"
            f" examples and {small(metrics['largest_grid_error'])} on the grid, which was not trained on."
        ),
        plot=moved_grid(
            result.grid.numpy(), result.wanted.numpy(), result.learned.numpy(), vectors,
            titles=("inputs x", "outputs W x"), frames=steps,
        ),
        height=380,
        steps="training",
        start=len(steps) - 1,
    )  # fmt: skip


def _error(result: LinearMapResult, metrics: Measurements) -> Figure:
    at = errors(result)
    map_ = at.view(SIDE, SIDE).T.flip(0)
    ticks = [f"{value:.1f}" if place % 5 == 0 else "" for place, value in enumerate(np.linspace(-1, 1, SIDE))]
    drawn = heatmap(map_.numpy(), rows=ticks[::-1], columns=ticks, high=max(0.1, float(at.max())))
    drawn.data[0].hovertemplate = "error %{z:.3g}<extra></extra>"
    drawn.update_layout(margin={"l": 34, "b": 30})
    drawn.update_yaxes(scaleanchor="x", constrain="domain")
    for number, (px, py) in enumerate(result.examples.tolist(), start=1):
        place = ((px + 1) / 2 * (SIDE - 1), (1 - py) / 2 * (SIDE - 1))
        drawn.add_annotation(**note(*place, f"<b>{number}</b>", colour=INK) | {"bgcolor": "#ffffff", "borderpad": 2})
    return Figure(
        title="Error at every point of the grid",
        caption="Distance between learned and wanted output. 1 and 2: the examples.",
        text=(f"On average a grid point lands {small(metrics['mean_grid_error'])} away from where it should."),
        plot=drawn,
        height=280,
        half=True,
        sources=[Plotted(at, lambda e: e.view(SIDE, SIDE).T.flip(0))],
    )


def _learning(result: LinearMapResult, metrics: Measurements) -> Figure:
    lines = {"grid": result.grid_error, "examples": result.example_error}
    drawn = curves(
        np.arange(len(result.grid_error)),
        {name: line.clamp_min(TINY).numpy() for name, line in lines.items()},
        x_title="training step",
        y_log=True,
        room=68,
        colours={"grid": SERIES[0], "examples": SERIES[1]},
    ).update_yaxes(exponentformat="power", nticks=6)
    drawn.add_shape(reference_line(y=0.01))
    upper, lower = sorted(drawn.layout.annotations, key=lambda label: -label.y)
    upper.yshift, lower.yshift = 8, -8
    return Figure(
        title="Largest error during training",
        caption="On a logarithmic axis. The dotted line is at 0.01.",
        text=(
            "The grid’s error falls together with that of the examples."
            if metrics["largest_grid_error"] < 0.01
            else "The grid’s error stays above 0.01, whatever the examples do."
        ),
        plot=drawn,
        height=280,
        half=True,
        sources=[Plotted(line.clamp_min(TINY), trace=name) for name, line in lines.items()],
    )
