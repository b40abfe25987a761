"""Share and effect of each component, and the components of published models."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.components.run import SHOWN, ComponentResult
from models.interpretability.averaged import COMPONENTS
from visualizers.horizontal_bars import horizontal_bars
from visualizers.share_bars import share_bars
from visualizers.theme import ACCENT, INK_3, SERIES

GROUPS = {
    "embeddings": ("token embedding", "position embedding", "output embedding"),
    "attention": ("attention",),
    "MLPs": ("feed-forward",),
    "experts": ("experts", "shared experts", "routers"),
    "norms": ("norms",),
}
COLOURS = (INK_3, SERIES[2], ACCENT, SERIES[1], SERIES[3])


def figures(result: ComponentResult, metrics: Measurements) -> Figures:
    return {
        "shares": _shares(result, metrics), "effects": _effects(result, metrics),
        "published": _published(result, metrics),
    }  # fmt: skip


def _shares(result: ComponentResult, metrics: Measurements) -> Figure:
    values = np.array([result.shares[one] for one in COMPONENTS])
    return Figure(
        title="Share of the weights",
        caption=(
            "What this model is made of: {entry:embedding-layer|embedding}, {entry:causal-self-attention|attention},"
            " {entry:position-wise-mlp|MLPs}, {entry:rmsnorm|norms}. The {entry:softmax-head|softmax head} uses the"
            " embedding again."
        ),
        text=f"MLPs hold {metrics['most_share']:.0%} of the weights, norm gains {metrics['gains_share']:.2%}.",
        plot=horizontal_bars(
            values, labels=list(COMPONENTS), as_="{:.1%}", left=128, picked="norm gains"
        ).update_xaxes(tickformat=".0%", tickvals=[0, 0.1, 0.2]),
        height=290,
        half=True,
    )  # fmt: skip


def _effects(result: ComponentResult, metrics: Measurements) -> Figure:
    values = np.array([max(result.rises[one], 1e-4) for one in COMPONENTS])
    plot = horizontal_bars(values, labels=list(COMPONENTS), as_="{:.2g}", left=128, picked="norm gains")
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
    )


def _published(result: ComponentResult, metrics: Measurements) -> Figure:
    names = list(SHOWN)
    totals = {name: sum(result.published[name].values()) for name in names}
    parts = {
        group: [sum(result.published[name].get(part, 0) for part in held) / totals[name] for name in names]
        for group, held in GROUPS.items()
    }
    shown = result.controls.shown
    return Figure(
        title="Published models by component",
        caption=(
            "{trace:embeddings|Embeddings}, {trace:attention|attention}, {trace:MLPs|MLPs}, {trace:experts|experts}."
            " Norms are too thin to be seen."
        ),
        text=(
            f"{shown} has {metrics['total_weights']:,.0f} weights; its MLPs or experts hold"
            f" {metrics['mlp_share_published']:.0%}."
        ),
        plot=share_bars(
            parts, names=names, ends=[f"{totals[name] / 1e9:.3g} billion" for name in names], colours=COLOURS
        ),
        height=330,
    )
