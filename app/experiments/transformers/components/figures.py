"""Share and effect of each component, and what a published model spends on each."""

from collections.abc import Iterable, Mapping
from operator import itemgetter

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.components.run import ComponentResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.interpretability.averaged import COMPONENTS, rise, shares
from visualizers.horizontal_bars import horizontal_bars
from visualizers.share_bars import share_bars
from visualizers.theme import ACCENT, INK_3, SERIES

WEIGHTS = {
    "embeddings": ("token embedding", "position embedding", "output embedding"),
    "attention": ("attention",),
    "MLPs": ("feed-forward", "experts", "shared experts", "routers"),
    "norms": ("norms",),
}
OPERATIONS = {
    "embeddings": ("output",),
    "attention": ("attention",),
    "MLPs": ("MLPs",),
    "scores and cache": ("scores",),
}
CACHE = {"scores and cache": ("key/value cache",)}
"""Group of the picture → components; an embedding is looked up, so only the output takes operations."""
COLOURS = (INK_3, SERIES[2], ACCENT, SERIES[3], SERIES[1])


def figures(result: ComponentResult, metrics: Measurements) -> Figures:
    return {
        "shares": _shares(result, metrics), "effects": _effects(result, metrics),
        "published": _published(result, metrics),
    }  # fmt: skip


def _shares(result: ComponentResult, metrics: Measurements) -> Figure:
    n = torch.tensor([result.counts[one] for one in COMPONENTS], dtype=torch.double)
    made = computed(shares, n=n)
    return Figure(
        title="Share of the weights",
        caption=(
            "What this model is made of: {entry:embedding-layer|embedding}, {entry:causal-self-attention|attention},"
            " {entry:position-wise-mlp|MLPs}, {entry:rmsnorm|norms}. The {entry:softmax-head|softmax head} uses the"
            " embedding again."
        ),
        text=f"MLPs hold {metrics['most_share']:.0%} of the weights, norm gains {metrics['gains_share']:.2%}.",
        plot=horizontal_bars(
            made.tensor.numpy(), labels=list(COMPONENTS), as_="{:.1%}", left=128, picked="norm gains"
        ).update_xaxes(tickformat=".0%", tickvals=[0, 0.1, 0.2]),
        height=290,
        half=True,
        sources=[Plotted(made)],
    )  # fmt: skip


def _effects(result: ComponentResult, metrics: Measurements) -> Figure:
    changed, loss = torch.tensor([result.losses[one] for one in COMPONENTS], dtype=torch.double).T
    made = computed(rise, changed=changed, loss=loss)
    plot = horizontal_bars(
        made.tensor.clamp(min=1e-4).numpy(), labels=list(COMPONENTS), as_="{:.2g}", left=128, picked="norm gains"
    )
    return Figure(
        title="Rise of the loss with each at its mean",
        caption="Nats per token on held-out text. Every number of the component is replaced by their mean.",
        text=(
            f"With “{result.controls.averaged}” at their mean, {metrics['changed_share']:.2%} of the weights, the loss"
            f" rises by {metrics['changed_rise_nats']:.2g} nats per token, from {metrics['loss_nats']:.2f}."
        ),
        plot=plot,
        height=290,
        half=True,
        sources=[Plotted(made)],
    )


def _published(result: ComponentResult, metrics: Measurements) -> Figure:
    c = result.controls
    wholes = {
        "weights": {group: _sum(result.weights, parts) for group, parts in WEIGHTS.items()},
        "operations": {group: _sum(result.operations, parts) for group, parts in OPERATIONS.items()},
        "memory": {group: _sum(result.memory, parts) for group, parts in (WEIGHTS | CACHE).items()},
    }
    totals = {name: sum(parts.values()) for name, parts in wholes.items()}
    groups = (*WEIGHTS, *CACHE)
    n = torch.tensor([[parts.get(group, 0) for group in groups] for parts in wholes.values()], dtype=torch.double)
    made = computed(shares, n=n)
    ends = (
        f"{totals['weights'] / 1e9:.3g} billion",
        f"{number(float(format(totals['operations'] / 1e12, '.3g')))} trillion",
        f"{number(float(format(totals['memory'] / 1e9, '.3g')))} GB",
    )  # fmt: skip
    return Figure(
        title=f"{c.shown}: weights, operations to read {number(c.tokens)} tokens, and memory",
        caption=(
            "{trace:embeddings|Embeddings and output}, {trace:attention|attention}, {trace:MLPs|MLPs or experts},"
            " {trace:scores and cache|scores or cache}. Norms are too thin to be seen."
        ),
        text=(
            f"{c.shown} has {number(metrics['total_weights'])} weights; its MLPs or experts hold"
            f" {metrics['mlp_share_published']:.0%} of them and take {metrics['mlp_share_of_operations']:.0%} of the"
            f" operations. Scores take {metrics['score_share_of_operations']:.1%} of the operations, the cache"
            f" {metrics['cache_share_of_memory']:.1%} of the memory."
        ),
        plot=share_bars(
            {group: made.tensor[:, at].tolist() for at, group in enumerate(groups)}, names=list(wholes), ends=ends,
            colours=COLOURS,
        ),
        height=220,
        sources=[Plotted(made, itemgetter((slice(None), at)), trace=group) for at, group in enumerate(groups)],
    )  # fmt: skip


def _sum(counts: Mapping[str, float], parts: Iterable[str]) -> float:
    return sum(counts.get(part, 0) for part in parts)
