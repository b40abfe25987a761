"""Who enters the routed block, every arm's accuracy, and accuracy by capacity."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.routed_depth.run import CAPACITIES, NAMES, SHOWN, RoutedDepthResult
from app.provenance.origin import Plotted
from models.data.symbols_among_fillers import LENGTH
from visualizers.curve import curves, mark_x
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT


def figures(result: RoutedDepthResult, metrics: Measurements) -> Figures:
    return {"map": _map(result, metrics), "arms": _arms(result), "capacity": _capacity(result, metrics)}


def _map(result: RoutedDepthResult, metrics: Measurements) -> Figure:
    entered, hard = result.here.entered[0, :SHOWN].float(), result.texts.hard[:SHOWN]
    plot = heatmap(
        entered.numpy(), rows=[f"text {n + 1}" for n in range(SHOWN)],
        columns=[str(t) if t % 8 == 0 else "" for t in range(LENGTH)],
        column_title="token position", high=1.0,
    )  # fmt: skip
    plot = write_cells(plot, [["●" if one else "" for one in row] for row in hard.tolist()], size=10)
    return Figure(
        title=f"Tokens that enter the routed block: {result.controls.model}",
        caption=(
            "Filled cells enter, empty ones pass beside it. A dot marks a hard token, which needs a stored table; the"
            " others are fillers. Eight held-out texts, first training."
        ),
        text=(
            f"{metrics['hard_entering_percent']:.0f} % of the hard tokens and"
            f" {metrics['filler_entering_percent']:.0f} % of the fillers enter, over five trainings. Accuracy on hard"
            f" tokens is {metrics['hard_accuracy_percent']:.1f} %."
        ),
        plot=plot,
        height=300,
        sources=[Plotted(entered, trace="values")],
    )


def _arms(result: RoutedDepthResult) -> Figure:
    means = torch.stack([100 * one.mean() for one in result.accuracies.values()])
    labels = [f"{name}, {result.flops[name] / 1000:.0f}k" for name in NAMES]
    percents = dict(zip(NAMES, means.tolist(), strict=True))
    picked = labels[list(NAMES).index(result.controls.model)]
    return Figure(
        title="Accuracy on hard tokens, %",
        caption="As trained, mean of five trainings. Behind each name: operations per text, in thousands.",
        text=(
            f"Of equal operations, the learned router reaches {percents['learned router']:.1f} %, random routing"
            f" {percents['random routing']:.1f} % and the smaller dense model {percents['smaller dense model']:.1f} %."
        ),
        plot=horizontal_bars(means.numpy(), labels=labels, picked=picked, as_="{:.0f}", left=218).update_xaxes(
            tickvals=[0, 50, 100], tickangle=0
        ),
        height=290,
        sources=[Plotted(means, trace="values")],
    )


def _capacity(result: RoutedDepthResult, metrics: Measurements) -> Figure:
    line = 100 * result.by_capacity
    plot = curves(
        np.array(CAPACITIES), {"accuracy": line.numpy()}, x_title="tokens that enter, of 32", y_range=(0, 105),
        markers=True, room=70, colours={"accuracy": ACCENT},
    )  # fmt: skip
    plot.update_xaxes(range=(-1, LENGTH + 1), tickvals=[0, 8, 16, 24, 32])
    return Figure(
        title="The same weights at other capacities",
        caption="Accuracy on hard tokens by top-k, %, not trained again. The routed models were trained with 8.",
        text=(
            f"As set, a text takes {metrics['kiloflops_per_text']:.1f} thousand operations, and accuracy on hard"
            f" tokens is {metrics['hard_accuracy_percent']:.1f} %."
        ),
        plot=mark_x(plot, float(result.controls.capacity), "shown"),
        height=250,
        sources=[Plotted(line, trace="accuracy")],
    )
