"""The three figures of a sparse layer: the gates, every k side by side, and three ratios that are often confused."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.mixture_decoder import EXPERTS
from app.experiments.routing.sources import at_experts, origins_of
from app.experiments.routing.sparse_layer.run import SparseLayerResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.routing.dense_mixture import flops_a_token
from visualizers.outcomes import outcomes, over_settings
from visualizers.specialists import twin_gates
from visualizers.theme import SERIES

STATED_SPEED = 6.0
ALL = "all experts"


def figures(result: SparseLayerResult, metrics: Measurements) -> Figures:
    return {"gates": _gates(result, metrics), "every_k": _every_k(result, metrics), "ratios": _ratios(metrics)}


def _gates(result: SparseLayerResult, metrics: Measurements) -> Figure:
    c, T = result.controls, len(result.text.pieces)
    router, chosen = origins_of(result.x, result.weight), f"the {c.k} chosen"
    sources = [Plotted(router.probabilities, lambda p: p.T, trace=ALL)]
    if c.gates == "softmax":
        of_chosen = Plotted(router.gates(c.k), lambda g: at_experts(g, router.logits.tensor).T, trace=chosen)
        sources.insert(0, of_chosen)
    return Figure(
        title=f"Layer {c.layer}: what is computed for each token",
        caption="Rows are experts, columns tokens. Strong colour: a large gate. An empty cell is not computed.",
        text=(
            f"The dense mixture computes {EXPERTS * T} expert outputs for {T} tokens, the sparse layer {c.k * T}."
            f" That is {number(metrics['flops_per_token'])} operations per token instead of"
            f" {number(result.served.measured[-1].flops)}."
        ),
        plot=twin_gates(
            {ALL: result.dense.T.numpy(), chosen: np.where(result.sparse.T > 0, result.sparse.T, np.nan)},
            tokens=result.text.pieces,
        ),
        height=290,
        sources=sources,
    )


def _every_k(result: SparseLayerResult, metrics: Measurements) -> Figure:
    served = result.served
    E, D = result.weight.shape
    operations = "operations per token, thousands"
    every_k = torch.arange(1, E + 1)
    flops = computed(flops_a_token, width=float(D), experts=float(E), k=every_k, hidden=float(result.hidden))
    return Figure(
        title="One to eight experts per token",
        caption="{accent|Your k} is marked. Distance: of the layer’s output from that of the dense mixture.",
        text=(
            f"With k = {result.controls.k} the layer takes {metrics['flops_share_of_dense']:.1%} of the dense mixture’s"
            f" operations. Its output differs by {metrics['distance_from_dense_share']:.1%} from the dense"
            f" mixture’s, and the loss by {metrics['loss_change_with_all_experts_nats']:.4f} nats per token."
        ),
        plot=over_settings(
            {
                operations: np.array(served.each(lambda one: one.flops / 1e3)),
                "distance from the dense mixture, %": np.array(served.each(lambda one: 100 * one.distance)),
                "loss on held-out text, nats per token": np.array(served.each(lambda one: one.loss_nats)),
            },
            [str(one) for one in range(1, EXPERTS + 1)],
            picked=served.at,
            marks={"trained with": 1},
            x_title="experts per token, k",
        ),
        height=360,
        half=True,
        sources=[Plotted(flops, trace=operations, unit=1e-3)],
    )


def _ratios(metrics: Measurements) -> Figure:
    active, flops = metrics["llama_2_70b_over_mixtral_active"], metrics["llama_2_70b_over_mixtral_flops"]
    return Figure(
        title="LLaMA-2 70B over Mixtral 8×7B",
        caption="{c1|Counted} from the published sizes, and {c2|stated} at Mixtral’s release.",
        text=(
            f"LLaMA-2 70B uses {active:.2f} times as many weights per token and {flops:.2f} times as many operations."
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
