"""From one expert a token to all of them: what is computed, how far that is from the whole mixture, and the loss."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.routing.mixture_decoder import (
    EXPERTS,
    LAYERS,
    SENTENCE,
    TOKENS,
    Router,
    held_out_text,
    typed,
    with_routers,
)
from app.experiments.sweep import Sweep, sweep
from app.experiments.text import Reading
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.published.mixtures import LLAMA_2_70B, MIXTRAL_8X7B
from models.routing.dense_mixture import dense_mixture, flops_a_token
from models.routing.mixture_of_experts import Gate, SparseMoE, softmax_over_chosen
from models.routing.rerouted import equal_gates, mixtures, rerouted, routings
from models.routing.side_by_side import spread

Gates = Literal["softmax", "equal"]
ROWS = 8


class SparseLayerControls(Controls):
    sentence: Sentence = Field(SENTENCE, title="Text", description=f"Up to {TOKENS} tokens")
    k: int = Field(2, ge=1, le=EXPERTS, title="Experts per token k", description="The model was trained with 2")
    layer: Literal[0, 1] = Field(1, title="Layer", description="0 is the first")
    router: Router = Field("trained", title="Routers", description="As trained, or random of the same size")
    gates: Gates = Field("softmax", title="Gates of the chosen", description="By the router, or 1/k each")


class Served(NamedTuple):
    """What one k does on held-out text."""

    flops: int  # a token, in this layer
    distance: float  # of the layer's output from the dense mixture, as a share of its size
    largest_difference: float  # of one feature, as a share of the largest
    loss_nats: float


class SparseLayerResult(NamedTuple):
    controls: SparseLayerControls
    text: Reading
    x: Tensor  # (T, D) what the router reads
    weight: Tensor  # (E, D) its rows
    hidden: int  # neurons of an expert
    dense: Tensor  # (T, E) gates of the dense mixture
    sparse: Tensor  # (T, E) gates of the k chosen, zero elsewhere
    served: Sweep[int, Served]  # over k from 1 to E
    parameters: int


GATES: dict[Gates, Gate] = {"softmax": softmax_over_chosen, "equal": equal_gates}


def hidden_neurons(layer: SparseMoE) -> int:
    """Of each expert."""
    return layer.experts[0].get_parameter("to_gate.weight").shape[0]


@memo
def serve(k: int, layer: int, router: Router, gates: Gates, seed: int, device: str) -> Served:
    ids = held_out_text(seed, ROWS).to(device)
    with torch.inference_mode():
        model = rerouted(with_routers(router, range(LAYERS), seed, device), k, GATES[gates])
        logits, trace = model(ids)
        own = mixtures(model)[layer]
        x = routings(trace)[layer].x
        sparse, whole = own(x)[0], dense_mixture(own, x)
        apart = sparse - whole
        distance = (apart.norm() / whole.norm()).item()
        largest = (apart.abs().max() / whole.abs().max()).item()
        E, D = own.router.weight.shape
        flops = flops_a_token(D, E, k, hidden_neurons(own))
        return Served(flops, distance, largest, token_losses(logits, ids).mean().item())


@torch.inference_mode()
def run(controls: SparseLayerControls, device: str) -> SparseLayerResult:
    c, layer, text = controls, controls.layer, typed(controls.sentence, device)
    model = with_routers(c.router, range(LAYERS), c.seed, device)
    _, trace = rerouted(model, c.k, GATES[c.gates])(text.ids)
    routing, own = routings(trace)[layer], mixtures(model)[layer]
    return SparseLayerResult(
        controls=controls,
        text=text,
        x=routing.x[0, 1:],
        weight=own.router.weight,
        hidden=hidden_neurons(own),
        dense=routing.probabilities[0, 1:],
        sparse=spread(routing.gates, routing.chosen, EXPERTS)[0, 1:],
        served=sweep(lambda k: serve(k, layer, c.router, c.gates, c.seed, device), range(1, EXPERTS + 1), c.k),
        parameters=parameter_count(model),
    )


def measure(result: SparseLayerResult) -> Measurements:
    here, every = result.served.current, result.served.measured[-1]
    return {
        "flops_per_token": here.flops,
        "flops_share_of_dense": here.flops / every.flops,
        "distance_from_dense_share": here.distance,
        "largest_difference_at_all_experts_share": every.largest_difference,
        "held_out_loss_nats": here.loss_nats,
        "loss_change_with_all_experts_nats": abs(here.loss_nats - every.loss_nats),
        "llama_2_70b_over_mixtral_active": LLAMA_2_70B.active / MIXTRAL_8X7B.active,
        "llama_2_70b_over_mixtral_flops": LLAMA_2_70B.flops / MIXTRAL_8X7B.flops,
    }
