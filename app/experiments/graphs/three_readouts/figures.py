"""Which readout answers which question on larger graphs, what one reader says, and pairs that look the same to one."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.graphs.three_readouts.run import NAMES, PAIRS, ReadoutResult
from app.provenance.origin import Plotted
from models.data.marked_graphs import QUESTIONS
from models.graphs.readout_training import LARGE, SMALL
from visualizers.dots_by_group import dots_by_group
from visualizers.marks import cell_frame, diagonal
from visualizers.matrix import heatmap, write_cells


def figures(result: ReadoutResult, metrics: Measurements) -> Figures:
    return {"grid": _grid(result, metrics), "answers": _answers(result, metrics), "pairs": _pairs(result)}


def _grid(result: ReadoutResult, metrics: Measurements) -> Figure:
    c, percent = result.controls, 100 * result.large.numpy()
    drawn = heatmap(percent, rows=NAMES, columns=QUESTIONS, row_title="readout", high=100)
    write_cells(drawn, [[f"{value:.0f}" for value in row] for row in percent], size=15)
    cells = drawn.data[0]
    cells.customdata = [[[name, question] for question in QUESTIONS] for name in NAMES]
    cells.meta = {"sets": ["readout", "asks"]}
    row, column = NAMES.index(c.readout), QUESTIONS.index(c.asks)
    drawn.add_shape(cell_frame((row, row), (column, column)))
    return Figure(
        title="Graphs twice as large: answered correctly, %",
        caption=(
            f"Some nodes of each graph are marked. Nine networks, trained on {SMALL[0]} to {SMALL[1]} nodes: a row per"
            " readout, a column per question about the marked nodes. Click a cell to choose it."
        ),
        text=(
            f"After {result.steps} steps the {c.readout} readout answers “{c.asks}” correctly for"
            f" {metrics['larger_graphs_percent']:.0f} % of the larger graphs and"
            f" {metrics['same_size_percent']:.0f} % of graphs of the trained sizes."
        ),
        plot=drawn.update_layout(margin={"l": 64, "r": 8, "t": 8, "b": 30}),
        height=300,
        half=True,
        sources=[Plotted(result.large, unit=100.0)],
    )


def _answers(result: ReadoutResult, metrics: Measurements) -> Figure:
    c, (small, large), (small_truth, large_truth) = result.controls, result.answers, result.truths
    groups = {
        f"{LARGE[0]} to {LARGE[1]} nodes": (large_truth.numpy(), large.numpy()),
        f"{SMALL[0]} to {SMALL[1]} nodes": (small_truth.numpy(), small.numpy()),
    }
    drawn = dots_by_group(groups, x_title="true answer", y_title="answer of the network", size=6)
    high = max(float(np.nanmax([*large_truth, *small_truth])), 1e-3)
    drawn.add_trace(diagonal(0, high, "correct"))
    first, second = groups
    return Figure(
        title=f"“{c.asks.capitalize()}” with the {c.readout} readout",
        caption=(
            f"A point per held-out graph: {{trace:{second}|trained sizes}} and {{trace:{first}|twice as large}}. On the"
            " dotted line the answer is correct."
        ),
        text=(
            f"The answers for larger graphs reach from {large.min():.2f} to {large.max():.2f}, the truth from"
            f" {large_truth.min():.2f} to {large_truth.max():.2f}."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(answers, trace=name) for name, answers in zip(groups, (large, small), strict=True)],
    )


def _pairs(result: ReadoutResult) -> Figure:
    values = result.apart.numpy()
    drawn = heatmap(values, rows=[pair.name for pair in PAIRS], columns=NAMES, column_title="readout")
    write_cells(drawn, [["same" if value < 1e-6 else f"{value:.2f}" for value in row] for row in values], size=13)
    blind = [NAMES[column] for column in range(len(NAMES)) if values[0, column] < 1e-6]
    return Figure(
        title="Pairs of graphs that a readout cannot tell apart",
        caption=(
            "A marked node has state 1, any other 0. Numbers: how far apart the two readouts are. “Same”: no later"
            " layer can tell these two graphs apart."
        ),
        text=f"A graph and two copies of it have the same readout by {' and '.join(blind)}.",
        plot=drawn.update_layout(margin={"l": 204, "r": 8, "t": 8, "b": 44}),
        height=220,
        sources=[Plotted(result.apart)],
    )
