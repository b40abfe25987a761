"""The three figures of top-k routing: the ranking for every token, every k side by side, and who receives gradient."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.mixture_decoder import EXPERTS
from app.experiments.routing.sources import origins_of
from app.experiments.routing.top_k.run import TopKResult
from app.provenance.origin import Plotted, computed
from models.routing.router_confidence import kept_probability
from visualizers.outcomes import over_settings
from visualizers.router import grouped_rows
from visualizers.specialists import ranked
from visualizers.theme import ACCENT


def figures(result: TopKResult, metrics: Measurements) -> Figures:
    return {
        "ranking": _ranking(result, metrics),
        "every_k": _every_k(result, metrics),
        "gradient": _gradient(result, metrics),
    }


def _ranking(result: TopKResult, metrics: Measurements) -> Figure:
    c, token = result.controls, result.token
    p, experts = result.probabilities.sort(dim=1, descending=True)
    probabilities = origins_of(result.x, result.weight).probabilities
    order = probabilities.tensor.argsort(dim=1, descending=True)
    kept = computed(kept_probability, p=probabilities, k=c.k)
    return Figure(
        title=f"Layer {c.layer}: experts by their probability, token by token",
        caption=(
            "Numbers are experts, the most probable on top. Above the line: chosen. Below it: not computed. Bars: the"
            " probability that the chosen hold."
        ),
        text=(
            f"With k = {c.k} the chosen hold {metrics['kept_probability_share']:.1%} of the probability on held-out"
            f" text, and {kept.tensor[token]:.1%} for “{result.text.pieces[token]}”."
        ),
        plot=ranked(
            result.text.pieces, p.T.numpy(), experts.T.numpy(), kept.tensor.numpy(), c.k, picked=token, sets="token"
        ),
        height=360,
        sources=[
            Plotted(kept, trace="kept"),
            Plotted(probabilities, lambda p: p.gather(1, order).T, trace="probabilities"),
        ],
    )


def _every_k(result: TopKResult, metrics: Measurements) -> Figure:
    choices = result.choices
    return Figure(
        title="One to eight experts per token",
        caption="On 512 held-out tokens; {accent|your k} is marked. Capacity grows with k.",
        text=(
            f"With k = {result.controls.k} the load’s coefficient of variation is {metrics['load_variation']:.2f};"
            f" 0 is uniform. At a capacity factor of {result.controls.capacity_factor:g},"
            f" {metrics['dropped_share']:.1%} of the assignments are dropped."
        ),
        plot=over_settings(
            {
                "probability kept, %": np.array([100 * one.kept for one in choices]),
                "coefficient of variation of the load": np.array([one.variation for one in choices]),
                "assignments dropped, %": np.array([100 * one.dropped for one in choices]),
            },
            [str(k) for k in range(1, EXPERTS + 1)],
            picked=result.controls.k - 1,
            marks={"trained with": 1},
            x_title="experts per token, k",
        ),
        height=380,
        half=True,
    )


def _gradient(result: TopKResult, metrics: Measurements) -> Figure:
    name = f"“{result.text.pieces[result.token]}”"
    return Figure(
        title=f"Experts that receive gradient from {name}",
        caption="Size of the gradient on each expert’s weights from this token. A ring is exactly zero.",
        text=(
            f"{metrics['experts_with_gradient']:g} of {EXPERTS} experts receive gradient from {name}. The largest on an"
            f" unchosen expert is {metrics['largest_gradient_of_unchosen_experts']:.2g}."
        ),
        plot=grouped_rows({"": {"gradient": result.gradients.numpy()}}, x_title="expert", colours=(ACCENT,)),
        height=380,
        half=True,
    )
