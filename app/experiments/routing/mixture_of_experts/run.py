"""A typed text through a trained mixture of experts: who gets which token, how evenly, and with how many weights."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.routing.mixture_decoder import (
    EXPERTS,
    SENTENCE,
    TOKENS,
    Balancing,
    held_out_text,
    mixture_decoder,
    typed,
)
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.routing.balance import utilisation_entropy
from models.routing.mixture_of_experts import softmax_over_chosen
from models.routing.published_shapes import MIXTRAL_8X7B, MIXTRAL_8X22B, MoEShape
from models.routing.rerouted import drawn_by_lot, mixtures, rerouted, routings
from models.seeding import generator
from models.transformer.decoder import Decoder

Choice = Literal["learned", "by lot"]


class MixtureControls(Controls):
    sentence: Sentence = Field(
        SENTENCE, title="Text", description=f"Up to {TOKENS} tokens; the model knows the tiny world"
    )
    layer: Literal[0, 1] = Field(0, title="Layer", description="0 is the first; or click one in the second figure")
    k: int = Field(2, ge=1, le=EXPERTS, title="Experts a token", description="The model was trained with 2")
    balancing: Balancing = Field("on", title="Balancing loss in training")
    choice: Choice = Field("learned", title="Experts chosen", description="By the trained router, or drawn by lot")
    copied: Literal["experts", "everything"] = Field(
        "experts", title="Copied eight times", description="What Mixtral's 8× multiplies", json_schema_extra=MORE
    )


class Served(NamedTuple):
    """What a model does with fresh text."""

    load: Tensor  # (L, E)
    loss_nats: float


class MixtureResult(NamedTuple):
    controls: MixtureControls
    pieces: list[str]
    x: Tensor  # (L, T, D) what the routers read
    weight: Tensor  # (L, E, D) their rows
    gates: Tensor  # (L, T, k)
    chosen: Tensor  # (L, T, k)
    fresh: Served
    toy: MoEShape
    notices: list[str]


def decoder(controls: MixtureControls, device: str) -> Decoder:
    """The checkpoint, routed as the controls ask."""
    gate = softmax_over_chosen if controls.choice == "learned" else drawn_by_lot(generator(controls.seed))
    return rerouted(mixture_decoder(controls.balancing, device), controls.k, gate)


@lru_cache(maxsize=32)
def serve(controls: MixtureControls, device: str) -> Served:
    """Routing and loss on fresh text. ``controls`` differ only where that matters, so that typing repeats nothing."""
    ids = held_out_text(controls.seed).to(device)
    with torch.inference_mode():
        logits, trace = decoder(controls, device)(ids)
        load = torch.stack([layer.load for layer in routings(trace)])
        return Served(load.cpu(), token_losses(logits, ids).mean().item())


def shape_of(model: Decoder, k: int) -> MoEShape:
    """The toy, counted like the published ones."""
    layer, *_ = mixtures(model)
    expert, router, total = map(parameter_count, (layer.experts[0], layer.router, model))
    L, E = len(model.blocks), len(layer.experts)
    return MoEShape("This model", total - L * E * expert, expert, E, k, L, L * router, 0)


@torch.inference_mode()
def run(controls: MixtureControls, device: str) -> MixtureResult:
    text = typed(controls.sentence, device)
    model = decoder(controls, device)
    layers = routings(model(text.ids)[1])
    x, gates, chosen = (
        torch.cat([getattr(layer, name)[:, 1:] for layer in layers]) for name in ("x", "gates", "chosen")
    )
    weight = torch.stack([layer.router.weight for layer in mixtures(model)])
    alike = MixtureControls(seed=controls.seed, k=controls.k, balancing=controls.balancing, choice=controls.choice)
    toy = shape_of(model, controls.k)
    return MixtureResult(controls, text.pieces, x, weight, gates, chosen, serve(alike, device), toy, text.notices)


def counted(shape: MoEShape, controls: MixtureControls) -> int:
    """All weights, if only the experts are copied or, as a name like 8 × 7B suggests, the whole model."""
    return shape.total if controls.copied == "experts" else shape.copied_whole


def measure(result: MixtureResult) -> Measurements:
    load, toy, shown = result.fresh.load, result.toy, result.controls.layer
    return {
        "busiest_load_in_this_layer_over_even": (load[shown].max() * EXPERTS).item(),
        "busiest_load_over_even": (load.max() * EXPERTS).item(),
        "idlest_load_over_even": (load.min() * EXPERTS).item(),
        "mean_utilisation_entropy": utilisation_entropy(load).mean().item(),
        "fresh_text_loss_nats": result.fresh.loss_nats,
        "parameters_met_by_a_token": toy.active,
        "active_share": toy.active / toy.total,
        "mixtral_8x7b_billions": counted(MIXTRAL_8X7B, result.controls) / 1e9,
        "mixtral_8x7b_active_billions": MIXTRAL_8X7B.active / 1e9,
        "mixtral_8x22b_billions": counted(MIXTRAL_8X22B, result.controls) / 1e9,
        "mixtral_8x22b_active_billions": MIXTRAL_8X22B.active / 1e9,
    }
