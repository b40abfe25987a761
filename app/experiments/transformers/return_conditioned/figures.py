"""Asked and earned returns, where the model went, and what it attended to."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.return_conditioned.run import ASKED, CLONES, ReturnResult
from app.provenance.origin import Plotted
from models.data.grid_world import NAMES, SIDE
from visualizers.curve import apart, curves, mark_x
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT, INK, INK_3, SERIES


def figures(result: ReturnResult, metrics: Measurements) -> Figures:
    return {
        "returns": _returns(result, metrics),
        "grid": _grid(result),
        "attention": _attention(result),
    }


def _returns(result: ReturnResult, metrics: Measurements) -> Figure:
    c, x = result.controls, np.array(ASKED)
    flat = lambda value: torch.full((len(ASKED),), value)
    lines = {
        "as asked": torch.tensor(ASKED, dtype=torch.float),
        "earned": result.earned,
        "clone, best tenth": flat(result.clones[CLONES[1]]),
        "clone, all walks": flat(result.clones[CLONES[0]]),
        "best walk": flat(metrics["data_best_return"]),
    }
    plot = curves(
        x, {name: line.numpy() for name, line in lines.items()}, x_title="return asked for", y_range=(-0.4, 14.4),
        colours={
            "as asked": INK_3, "earned": ACCENT, "clone, best tenth": SERIES[2], "clone, all walks": SERIES[1],
            "best walk": SERIES[4],
        },
        room=112,
    )  # fmt: skip
    plot.data[1].update(mode="lines+markers", line={"width": 3})
    return Figure(
        title="Return earned, by the return asked for",
        caption=(
            "{trace:earned|Earned} by “" + c.kind + "”, mean of 16 episodes. {trace:best walk|Best walk}: the highest"
            " return in its training data. {trace:clone, all walks|Clone}s copy walks and are asked for nothing."
        ),
        text=(
            f"Asked for {c.asked}, it earns {metrics['earned_return']:.1f} coins in 12 steps. The walks that it"
            f" learned from earned {metrics['data_mean_return']:.1f} on average, the best"
            f" {metrics['data_best_return']:.0f}."
        ),
        plot=mark_x(apart(plot.update_xaxes(range=[-0.4, 14.4]), 230), c.asked, "yours"),
        height=310,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _grid(result: ReturnResult) -> Figure:
    c, visits = result.controls, result.visits.unflatten(0, (SIDE, SIDE))
    plot = heatmap(visits.numpy(), rows=[""] * SIDE, columns=[""] * SIDE)
    for cell in result.coins:
        row, column = divmod(cell, SIDE)
        plot.add_shape(
            type="rect", x0=column - 0.46, x1=column + 0.46, y0=row - 0.46, y1=row + 0.46,
            line={"color": INK, "width": 2},
        )  # fmt: skip
    busiest = int(result.visits.argmax())
    coins = " Framed: a step onto it earns a coin." if result.coins else " Coins fall at random, wherever it goes."
    return Figure(
        title=f"Where it goes, asked for {c.asked}",
        caption="Mean number of steps that begin on each cell; all start in the middle." + coins,
        text=(
            f"Most steps begin in row {busiest // SIDE + 1}, column {busiest % SIDE + 1}:"
            f" {result.visits[busiest]:.1f} of 12."
        ),
        plot=write_cells(plot, as_="%{z:.1f}").update_yaxes(scaleanchor="x", constrain="domain"),
        height=270,
        half=True,
        sources=[Plotted(visits, trace="values")],
    )


def _attention(result: ReturnResult) -> Figure:
    states = result.weights[1::3]  # (T, 3T): the rows from which moves are read
    T = len(states)
    kinds = states.unflatten(1, (T, 3))  # (T, T, 3)
    share = kinds.sum(dim=1).mean(dim=0)
    moves = [NAMES[move] for move in result.episode.moves[0].tolist()]
    plot = heatmap(
        states.numpy(), rows=[f"{step + 1} {move}" for step, move in enumerate(moves)],
        columns=[str(place) for place in range(3 * T)], column_title="return, cell and move of each step", high=1.0,
    )  # fmt: skip
    plot.update_xaxes(tickvals=list(range(1, 3 * T, 3)), ticktext=[str(step + 1) for step in range(T)])
    return Figure(
        title=f"What each move attends to, block {result.controls.block}",
        caption="One episode: a row per move, in the order of the steps; mean of the heads.",
        text=(
            f"Of the attention, {share[0]:.0%} is on returns, {share[1]:.0%} on cells and {share[2]:.0%} on earlier"
            " moves."
        ),
        plot=plot,
        height=270,
        half=True,
        sources=[Plotted(states, trace="values")],
    )
