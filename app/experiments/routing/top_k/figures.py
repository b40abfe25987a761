"""The three figures of top-k routing: the ranking of every token, every k side by side, and whom a token teaches."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.mixture_decoder import EXPERTS
from app.experiments.routing.sources import origins_of
from app.experiments.routing.top_k.run import TopKResult
from app.provenance.origin import Drawn, computed
from models.routing.router_confidence import kept_probability
from visualizers.outcomes import over_settings
from visualizers.router import grouped_rows
from visualizers.specialists import ranked
from visualizers.theme import ACCENT


def figures(result: TopKResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "ranking": _ranking(result, numbers),
            "every_k": _every_k(result, numbers),
            "gradient": _gradient(result, numbers),
        },
        origins(result),
    )


def _ranking(result: TopKResult, numbers: Measurements) -> Figure:
    controls, token = result.controls, result.token
    p, experts = result.probabilities.sort(dim=1, descending=True)
    kept = kept_probability(result.probabilities, controls.k)
    return Figure(
        title=f"Layer {controls.layer}: experts in the order of their probability, token by token",
        caption=(
            "Numbers are experts, the best on top; strong colour is a large probability. Above the line: chosen. Below"
            " it: not computed. Bars: what the chosen keep of the probability."
        ),
        text=(
            f"With k = {controls.k} the chosen keep {numbers['kept_probability']:.1%} of the probability on fresh text,"
            f" and {kept[token]:.1%} for “{result.text.pieces[token]}”."
        ),
        plot=ranked(
            result.text.pieces, p.T.numpy(), experts.T.numpy(), kept.numpy(), controls.k, picked=token, sets="token"
        ),
        height=360,
    )


def _every_k(result: TopKResult, numbers: Measurements) -> Figure:
    choices = result.choices
    return Figure(
        title="One to eight experts a token",
        caption=(
            "On 512 fresh tokens, {accent|your k} marked. Room grows with k: an even share times the capacity factor."
        ),
        text=(
            f"With k = {result.controls.k} the load’s coefficient of variation is {numbers['load_variation']:.2f}, and"
            f" {numbers['dropped_share']:.1%} of the assignments find their expert full at a capacity factor of"
            f" {result.controls.capacity_factor:g}."
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
            x_title="experts a token, k",
        ),
        height=380,
        half=True,
    )


def _gradient(result: TopKResult, numbers: Measurements) -> Figure:
    name = f"“{result.text.pieces[result.token]}”"
    return Figure(
        title=f"Whom {name} teaches",
        caption="Size of the gradient on each expert’s weights that comes through this token. A ring is exactly zero.",
        text=(
            f"{numbers['experts_with_gradient']:g} of {EXPERTS} experts get a gradient through {name}; the largest on"
            f" one that was not chosen is {numbers['largest_gradient_of_unchosen_experts']:.2g}."
        ),
        plot=grouped_rows({"": {"gradient": result.gradients.numpy()}}, x_title="expert", colours=(ACCENT,)),
        height=380,
        half=True,
    )


def origins(result: TopKResult) -> list[Drawn]:
    p = origins_of(result.x, result.weight).probabilities
    kept = computed(kept_probability, p=p, k=result.controls.k)
    order = p.tensor.argsort(dim=1, descending=True)
    return [Drawn("ranking", kept, trace=1), Drawn("ranking", p, lambda p: p.gather(1, order).T)]
