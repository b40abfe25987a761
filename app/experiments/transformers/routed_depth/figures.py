"""Who enters the routed block, every arm's accuracy, and accuracy by capacity."""

import numpy as np
import plotly.graph_objects as go
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.routed_depth.run import CAPACITIES, NAMES, SHOWN, RoutedDepthResult
from app.provenance.origin import Plotted
from models.data.symbols_among_fillers import LENGTH
from models.training.stacked_depths import TAKEN
from visualizers.curve import curves, mark_x
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT, FAILED, HELD


def figures(result: RoutedDepthResult, metrics: Measurements) -> Figures:
    return {"map": _map(result, metrics), "arms": _arms(result), "capacity": _capacity(result, metrics)}


def _map(result: RoutedDepthResult, metrics: Measurements) -> Figure:
    """Above, texts through the chosen model of one routed block; below, the first of them through three."""
    alone, stack = result.here.entered[0, :SHOWN].float(), result.stack.entered[0].float()
    hard, right = result.texts.hard, result.stack.right[0]
    blocks = len(stack)
    plot = heatmap(
        _parted(torch.cat([alone, stack])).numpy(),
        rows=[*(f"text {n + 1}" for n in range(SHOWN)), "", *(f"block {n}" for n in range(blocks)), "right?"],
        columns=[str(t) if t % 8 == 0 else "" for t in range(LENGTH)], column_title="token position", high=1.0,
    )  # fmt: skip
    dots = [["●" if one else "" for one in row] for row in hard[:SHOWN].tolist()]
    answers = ["" if not needed else "✓" if good else "✗" for needed, good in zip(hard[0].tolist(), right.tolist())]
    plot = write_cells(plot, [*dots, [""] * LENGTH, *[dots[0]] * blocks, [""] * LENGTH], size=10)
    plot.add_trace(
        go.Scatter(
            x=list(range(LENGTH)), y=[SHOWN + blocks + 1] * LENGTH, mode="text", name="answers", text=answers,
            textfont={"size": 13, "color": [HELD if one == "✓" else FAILED for one in answers]}, hoverinfo="skip",
        )
    )  # fmt: skip
    return Figure(
        title=f"Tokens that enter: {result.controls.model}",
        caption=(
            "Filled cells enter, empty ones pass beside it. A dot marks a hard token, which needs a stored table; the"
            f" others are fillers. Above: one routed block. Below: text 1 in a model of three, {TAKEN} tokens in each,"
            f" {result.stack_routing} choice; ✓ marks right answers."
        ),
        text=(
            f"{metrics['hard_entering_percent']:.0f} % of the hard tokens and"
            f" {metrics['filler_entering_percent']:.0f} % of the fillers enter. Accuracy on hard tokens is"
            f" {metrics['hard_accuracy_percent']:.1f} %. With three routed blocks,"
            f" {metrics['stack_right_inside_percent']:.0f} % of the hard tokens that enter any of them are right, and"
            f" {metrics['stack_right_outside_percent']:.0f} % of those that enter none."
        ),
        plot=plot,
        height=330,
        sources=[Plotted(torch.cat([alone, stack]), _parted, trace="values")],
    )


def _parted(entered: Tensor) -> Tensor:
    """An empty row behind the texts and one at the end: (SHOWN + L, T) → (SHOWN + L + 2, T)."""
    empty = torch.full_like(entered[:1], torch.nan)
    return torch.cat([entered[:SHOWN], empty, entered[SHOWN:], empty])


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
