"""Accuracy by shape and hops, what each layer attends to, and shapes of published models."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.layer_shapes.run import ARMS, SHOWN, ShapeResult
from app.number_format import number
from app.provenance.origin import Plotted
from models.data.chained_pairs import SYMBOLS
from visualizers.distribution import grouped_bars
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import heatmap


def figures(result: ShapeResult, metrics: Measurements) -> Figures:
    return {
        "accuracy": _accuracy(result, metrics),
        "attention": _attention(result),
        "published": _published(result),
    }


def _letter(symbol: int) -> str:
    return "abcdefghijklmnop"[symbol]


def _accuracy(result: ShapeResult, metrics: Measurements) -> Figure:
    means = result.accuracy.mean(dim=1)
    groups = {"one hop": means[:, 0], "among 32 pairs": result.recall.mean(dim=1), "two hops": means[:, -1]}
    return Figure(
        title="Right answers by shape, about equally many weights",
        caption=(
            "{trace:one hop|One hop}: what comes after a? {trace:among 32 pairs|Among 32 pairs}: the same, by readers"
            " of more pairs. {trace:two hops|Two hops}: what comes after that? Mean of five trainings, held-out rings."
        ),
        text=(
            f"With {result.controls.shape}, {metrics['one_hop_share']:.0%} of the questions of one hop are right and"
            f" {metrics['two_hop_share']:.0%} of those of two. Among 32 pairs instead of 8,"
            f" {metrics['many_pairs_share']:.0%} of one hop are right. Guessing gives {metrics['chance']:.0%} of 8."
        ),
        plot=grouped_bars({name: values.numpy() for name, values in groups.items()}, labels=list(ARMS)).update_yaxes(
            range=[0, 1.05], tickformat=".0%", tickvals=[0, 0.5, 1]
        ),
        height=270,
        sources=[Plotted(values, trace=name) for name, values in groups.items()],
    )


def _attention(result: ShapeResult) -> Figure:
    pairs = [f"{_letter(a)}→{_letter(b)}" for a, b in result.chain.ids[0, :SYMBOLS].tolist()]
    start = result.controls.start
    after = dict(result.chain.ids[0, :SYMBOLS].tolist())
    first, second = after[start], after[after[start]]
    right = int(result.chain.answers[0, start])
    return Figure(
        title=f"Which pair each layer looks up: two hops from {_letter(start)}",
        caption=(
            f"The answer takes {_letter(start)}→{_letter(first)}, then {_letter(first)}→{_letter(second)}. Rows:"
            " layers. Columns: the pairs given. Pairs also attend to each other, which is not shown."
        ),
        text=(
            f"Right is {_letter(right)}; this training answers {_letter(result.predicted)}."
            f" Its last layer puts most weight, {result.weights[-1].max():.0%}, on"
            f" {pairs[int(result.weights[-1].argmax())]}."
        ),
        plot=heatmap(
            result.weights.numpy(), rows=[f"layer {n}" for n in range(len(result.weights))], columns=pairs, high=1.0
        ),
        height=250,
        half=True,
        sources=[Plotted(result.weights, trace="values")],
    )


def _published(result: ShapeResult) -> Figure:
    ratios = torch.tensor([result.published[name][1] / result.published[name][0] for name in SHOWN])
    least, most = int(ratios.argmin()), int(ratios.argmax())
    return Figure(
        title="Width per layer in published models",
        caption="Behind each name: layers × width.",
        text=f"Width per layer goes from {ratios[least]:.0f} in {SHOWN[least]} to {ratios[most]:.0f} in {SHOWN[most]}.",
        plot=horizontal_bars(
            ratios.numpy(), as_="{:.0f}", left=180,
            labels=[f"{name}, {result.published[name][0]} × {number(result.published[name][1])}" for name in SHOWN],
        ).update_xaxes(range=[0, 1.2 * float(np.max(ratios.numpy()))], showticklabels=False),
        height=250,
        half=True,
        sources=[Plotted(ratios, trace="values")],
    )  # fmt: skip
