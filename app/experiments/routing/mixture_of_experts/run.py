"""A typed text through a trained mixture of experts: who gets which token, how evenly, and with how many weights."""

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
    Balancing,
    Router,
    held_out_text,
    typed,
    with_routers,
)
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.published.mixtures import MIXTRAL_8X7B, MIXTRAL_8X22B, MixtureCount
from models.routing.balance import utilisation_entropy
from models.routing.rerouted import mixtures, rerouted, routings
from models.transformer.decoder import Decoder


class MixtureControls(Controls):
    sentence: Sentence = Field(
        SENTENCE, title="Text", description=f"Up to {TOKENS} tokens; the model knows the tiny world"
    )
    layer: Literal[0, 1] = Field(0, title="Layer", description="0 is the first; or click one in the second figure")
    k: int = Field(2, ge=1, le=EXPERTS, title="Experts per token k", description="The model was trained with 2")
    balancing: Balancing = Field("on", title="Balancing loss in training")
    router: Router = Field("trained", title="Routers", description="As trained, or random of the same size")


class Served(NamedTuple):
    """What a model does with held-out text."""

    load: Tensor  # (L, E)
    loss_nats: float


class MixtureResult(NamedTuple):
    controls: MixtureControls
    pieces: list[str]
    x: Tensor  # (L, T, D) what the routers read
    weight: Tensor  # (L, E, D) their rows
    gates: Tensor  # (L, T, k)
    chosen: Tensor  # (L, T, k)
    held_out: Served
    toy: MixtureCount
    notices: list[str]


def decoder(controls: MixtureControls, device: str) -> Decoder:
    """The checkpoint with the routers and the k of the controls."""
    c = controls
    return rerouted(with_routers(c.router, range(LAYERS), c.seed, device, c.balancing), c.k)


@memo
def serve(controls: MixtureControls, device: str) -> Served:
    """Routing and loss on held-out text. ``controls`` hold no text: typing repeats nothing."""
    ids = held_out_text(controls.seed).to(device)
    with torch.inference_mode():
        logits, trace = decoder(controls, device)(ids)
        load = torch.stack([layer.load for layer in routings(trace)])
        return Served(load.cpu(), token_losses(logits, ids).mean().item())


def shape_of(model: Decoder, k: int) -> MixtureCount:
    """The toy, counted like the published ones."""
    layer, *_ = mixtures(model)
    expert, router, total = map(parameter_count, (layer.experts[0], layer.router, model))
    L, E = len(model.blocks), len(layer.experts)
    return MixtureCount("This model", total - L * E * expert, expert, E, k, L, L * router, 0)


@torch.inference_mode()
def run(controls: MixtureControls, device: str) -> MixtureResult:
    text = typed(controls.sentence, device)
    model = decoder(controls, device)
    layers = routings(model(text.ids)[1])
    x, gates, chosen = (
        torch.cat([getattr(layer, name)[:, 1:] for layer in layers]) for name in ("x", "gates", "chosen")
    )
    weight = torch.stack([layer.router.weight for layer in mixtures(model)])
    alike = MixtureControls(seed=controls.seed, k=controls.k, balancing=controls.balancing, router=controls.router)
    toy = shape_of(model, controls.k)
    return MixtureResult(controls, text.pieces, x, weight, gates, chosen, serve(alike, device), toy, text.notices)


def measure(result: MixtureResult) -> Measurements:
    load, toy, layer = result.held_out.load, result.toy, result.controls.layer
    return {
        "busiest_load_in_this_layer_over_uniform": (load[layer].max() * EXPERTS).item(),
        "busiest_load_over_uniform": (load.max() * EXPERTS).item(),
        "idlest_load_over_uniform": (load.min() * EXPERTS).item(),
        "mean_utilisation_entropy": utilisation_entropy(load).mean().item(),
        "held_out_loss_nats": result.held_out.loss_nats,
        "parameters_used_per_token": toy.active,
        "used_per_token_share": toy.active / toy.total,
        "mixtral_8x7b_billions": MIXTRAL_8X7B.total / 1e9,
        "mixtral_8x7b_active_billions": MIXTRAL_8X7B.active / 1e9,
        "mixtral_8x22b_billions": MIXTRAL_8X22B.total / 1e9,
        "mixtral_8x22b_active_billions": MIXTRAL_8X22B.active / 1e9,
    }
