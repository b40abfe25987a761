"""Features that fire on a text, six dictionaries from dense to sparse, and what a clamped feature does."""

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.sparse_features.run import SparseResult
from app.provenance.origin import Plotted
from models.tokenization.tokenizer import labels
from visualizers.charts_beside import Chart, charts_beside
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import heatmap
from visualizers.small_multiples import axis_of
from visualizers.theme import ACCENT, INK_2, INK_3, SERIES

BARS = 8


def figures(result: SparseResult, metrics: Measurements) -> Figures:
    return {"read": _read(result), "sparsity": _sparsity(result, metrics), "clamped": _clamped(result)}


def _read(result: SparseResult) -> Figure:
    def shown(features: Tensor) -> Tensor:
        return features[:, result.shown].T

    names = [f"{k} · {result.names[k]}" for k in result.shown]
    plot = heatmap(shown(result.features).numpy(), rows=names, columns=result.pieces)
    fired = (result.features > 0).sum(dim=1)
    return Figure(
        title="Features that fire on your text",
        caption=(
            "Columns: tokens of your text. Rows: the twelve strongest features, each named by the tokens of other texts"
            " at which it is strongest. Colour: the feature’s value."
        ),
        text=(
            f"Each token of your text is rebuilt from {int(fired.min())} to {int(fired.max())} of the"
            f" {result.features.shape[1]} features."
        ),
        plot=plot.update_layout(margin={"l": 150}),
        height=330,
        sources=[Plotted(result.features, shown, trace="values")],
    )


def _sparsity(result: SparseResult, metrics: Measurements) -> Figure:
    penalties = ", ".join(reversed(result.sweep))
    swept = sorted(result.sweep.values(), key=lambda one: one.firing)  # the largest penalty first
    firing = torch.tensor([one.firing for one in swept])
    kept = torch.tensor([one.explained for one in swept])
    purity = torch.stack([one.purity.mean() for one in swept]).cpu()
    own = {"explained, this one": metrics["explained"], "purity, this one": metrics["purity"]}
    charts = [
        Chart("variance explained", firing.numpy(), {"explained": kept.numpy()}, {"explained": INK_2},
              "features that fire per token", (0, 1.06), dots=True),
        Chart("purity on held-out words", firing.numpy(), {"purity": purity.numpy()}, {"purity": INK_2},
              "features that fire per token ", (0, 1.06), dots=True,
              levels=((metrics["purity_raw"], SERIES[1]), (metrics["purity_random"], INK_3))),
    ]  # fmt: skip
    drawn = charts_beside(charts)
    for number, (name, value) in enumerate(own.items(), start=1):
        drawn.add_scatter(
            x=[metrics["firing"]], y=[value], name=name, mode="markers", xaxis=axis_of("x", number),
            yaxis=axis_of("y", number), marker={"size": 11, "color": ACCENT, "symbol": "diamond"},
            hovertemplate="this dictionary<br>%{x:.1f} features per token<br>%{y:.3f}<extra></extra>",
        )  # fmt: skip
    drawn.update_xaxes(type="log", tickvals=[1, 10, 100])
    drawn.update_yaxes(tickformat=".0%", tickvals=[0, 0.5, 1])
    return Figure(
        title="Six penalties, from sparse to dense",
        caption=(
            f"One dot per penalty λ = {penalties}, from left to right. {{accent|Diamond}}: the dictionary chosen."
            " Dotted on the right: {c2|raw coordinates} and, paler, random directions, chosen and measured alike."
        ),
        text=(
            f"Here {metrics['firing']:.1f} of 256 features fire per token and explain {metrics['explained']:.0%} of the"
            f" variance. At λ = 0, {swept[-1].firing:.0f} fire. On held-out words the features have a purity of"
            f" {metrics['purity']:.0%}, raw coordinates {metrics['purity_raw']:.0%} and random directions"
            f" {metrics['purity_random']:.0%}."
        ),
        plot=drawn,
        height=270,
        sources=[Plotted(kept, trace="explained"), Plotted(purity, trace="purity")],
    )


def _clamped(result: SparseResult) -> Figure:
    change = result.after - result.before
    at = change.abs().topk(BARS).indices
    at = at[change[at].argsort(descending=True)]
    names = [labels()[token] for token in at.tolist()]
    c = result.controls

    def moved(index: int) -> str:
        before, after = (float(each[at[index]]) for each in (result.before, result.after))
        return f"“{names[index]}” goes from {before:.1%} to {after:.1%}"

    return Figure(
        title=f"Feature {result.feature} set to {c.clamp:g}: the next token",
        caption=(
            f"Change in the probability of the next token, largest changes. All words of the class “{c.word_class}”"
            f" together: {result.class_mass[0]:.1%} before, {result.class_mass[1]:.1%} after."
        ),
        text=f"Feature {result.feature} is set to {c.clamp:g}: the probability of {moved(0)}. That of {moved(-1)}.",
        plot=horizontal_bars(change[at].numpy(), labels=names, as_="{:+.2g}", left=84),
        height=260,
        sources=[Plotted(change, lambda x: x[at], trace="values")],
    )
