"""The three figures of a sparse layer: the gates, every k side by side, and three ratios that are often confused."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.mixture_decoder import EXPERTS
from app.experiments.routing.sources import at_experts, origins_of
from app.experiments.routing.sparse_layer.run import SparseLayerResult
from app.provenance.origin import Drawn, computed
from models.routing.dense_mixture import flops_a_token
from visualizers.outcomes import outcomes, over_settings
from visualizers.specialists import twin_gates
from visualizers.theme import SERIES

STATED_SPEED = 6.0


def figures(result: SparseLayerResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"gates": _gates(result, numbers), "every_k": _every_k(result, numbers), "ratios": _ratios(numbers)},
        origins(result),
    )


def _gates(result: SparseLayerResult, numbers: Measurements) -> Figure:
    k, T = result.controls.k, len(result.text.pieces)
    return Figure(
        title=f"Layer {result.controls.layer}: what is computed for each token",
        caption=(
            "A row an expert, a column a token, strong colour is a large gate. A cell without colour is an expert that"
            " is not computed for that token."
        ),
        text=(
            f"The dense mixture computes {EXPERTS * T} outputs of experts for {T} tokens, the sparse one"
            f" {k * T}: {numbers['flops_a_token']:,.0f} operations per token instead of"
            f" {result.served.measured[-1].flops:,}."
        ),
        plot=twin_gates(
            {
                "all experts": result.dense.T.numpy(),
                f"the {k} chosen": np.where(result.sparse.T > 0, result.sparse.T, np.nan),
            },
            tokens=result.text.pieces,
        ),
        height=290,
    )


def _every_k(result: SparseLayerResult, numbers: Measurements) -> Figure:
    k = result.controls.k
    return Figure(
        title="One to eight experts a token",
        caption=(
            "The same weights throughout, {accent|yours} marked. Distance: of the layer’s output from that of the whole"
            " mixture."
        ),
        text=(
            f"With k = {k} the layer takes {numbers['flops_share_of_dense']:.1%} of the dense mixture’s operations, its"
            f" output is {numbers['distance_from_dense_share']:.1%} away from the whole, and the loss changes by"
            f" {numbers['loss_over_all_experts_nats']:+.4f} nats. With k = {EXPERTS} the largest relative difference"
            f" of the two is {numbers['largest_difference_at_all_experts_share']:.1g}."
        ),
        plot=over_settings(
            {
                "operations a token, thousands": np.array(result.served.each(lambda one: one.flops / 1e3)),
                "distance from the whole mixture, %": np.array(result.served.each(lambda one: 100 * one.distance)),
                "loss on fresh text, nats": np.array(result.served.each(lambda one: one.loss_nats)),
            },
            [str(one) for one in range(1, EXPERTS + 1)],
            picked=result.served.at,
            marks={"trained with": 1},
            x_title="experts a token, k",
        ),
        height=360,
        half=True,
    )


def _ratios(numbers: Measurements) -> Figure:
    active, flops = numbers["llama_2_70b_over_mixtral_active"], numbers["llama_2_70b_over_mixtral_flops"]
    return Figure(
        title="LLaMA-2 70B over Mixtral 8×7B",
        caption=(
            "{c1|Counted} from the published dimensions, and {c2|stated} at Mixtral’s release: three different ratios."
        ),
        text=(
            f"LLaMA-2 70B uses {active:.2f} times as many weights a token and {flops:.2f} times as many operations;"
            f" “{STATED_SPEED:g}x” was said of the speed of inference."
        ),
        plot=outcomes(
            {"": [active, flops, STATED_SPEED]},
            ["active weights", "operations", "speed, stated"],
            colours=(SERIES[0], SERIES[0], SERIES[1]),
            room=104,
        ),
        height=360,
        half=True,
    )


def origins(result: SparseLayerResult) -> list[Drawn]:
    E, D = result.weight.shape
    router, every_k = origins_of(result.x, result.weight), torch.arange(1, E + 1)
    flops = computed(flops_a_token, width=float(D), experts=float(E), k=every_k, hidden=float(result.hidden))
    drawn = [Drawn("gates", router.probabilities, lambda p: p.T), Drawn("every_k", flops, unit=1e-3)]
    if result.controls.choice == "best":
        gates = router.gates(result.controls.k)
        drawn.insert(0, Drawn("gates", gates, lambda g: at_experts(g, router.logits.tensor).T, trace=1))
    return drawn
