"""Features that fire on a text, their purity beside raw coordinates, and what a clamped feature does."""

from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.sparse_features.run import BARS, CANDIDATES, SparseResult
from app.provenance.origin import Plotted
from models.tokenization.tokenizer import labels
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, MARK


def figures(result: SparseResult, metrics: Measurements) -> Figures:
    return {"read": _read(result), "purity": _purity(result, metrics), "clamped": _clamped(result)}


def _read(result: SparseResult) -> Figure:
    def shown(features: Tensor) -> Tensor:
        return features[:, result.shown].T

    names = [f"{k} · {result.names[k]}" for k in result.shown]
    plot = heatmap(shown(result.features).numpy(), rows=names, columns=result.pieces)
    fired = (result.features > 0).sum(dim=1)
    return Figure(
        title="Features that fire on your text",
        caption="Rows: the twelve strongest features, each with the tokens of other texts at which it is strongest.",
        text=f"Per token, {int(fired.min())} to {int(fired.max())} of {result.features.shape[1]} features fire.",
        plot=plot.update_layout(margin={"l": 150}),
        height=330,
        sources=[Plotted(result.features, shown, trace="values")],
    )


def _purity(result: SparseResult, metrics: Measurements) -> Figure:
    return Figure(
        title="How purely one candidate finds a class",
        caption="Mean of ten classes. {accent|Features} and the others are chosen on half of a class's words, measured"
        " on the other half.",
        text=(
            f"Purity on held-out words: features {metrics['purity']:.0%}, raw coordinates {metrics['purity_raw']:.0%},"
            f" random directions {metrics['purity_random']:.0%}."
        ),
        plot=horizontal_bars(
            result.purity.numpy(), labels=CANDIDATES, as_="{:.0%}", left=124, colours=[ACCENT, MARK, MARK],
            x_title="purity; 10 % by chance",
        ).update_xaxes(range=[0, 1.1], tickformat=".0%", tickvals=[0, 0.5, 1]),
        height=250,
        half=True,
        sources=[Plotted(result.purity, trace="values")],
    )  # fmt: skip


def _clamped(result: SparseResult) -> Figure:
    change = result.after - result.before
    at = change.abs().topk(BARS).indices
    at = at[change[at].argsort(descending=True)]
    names = [labels()[token] for token in at.tolist()]
    c = result.controls
    return Figure(
        title=f"Feature {result.feature} set to {c.clamp:g}: the next token",
        caption=f"Change in probability. Words among {c.word_class}:"
        f" {result.class_mass[0]:.0%} before, {result.class_mass[1]:.0%} after.",
        text=f"“{names[0]}” changes by {change[at[0]]:.3g}, “{names[-1]}” by {change[at[-1]]:.3g}.",
        plot=horizontal_bars(change[at].numpy(), labels=names, as_="{:+.2g}", left=84),
        height=250,
        half=True,
        sources=[Plotted(change, lambda x: x[at], trace="values")],
    )
