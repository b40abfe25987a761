"""One expert a token, and room for so many: a trained router read as Switch does, on a typed and on held-out text."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.routing.mixture_decoder import (
    EXPERTS,
    SENTENCE,
    TOKENS,
    Balancing,
    held_out_text,
    mixture_decoder,
    typed,
)
from app.experiments.sweep import Sweep, sweep
from app.experiments.text import Reading
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.routing.balance import switch_loss
from models.routing.capacity import expert_capacity, places, within_capacity
from models.routing.mixture_of_experts import Gate, chosen_of_softmax, renormalised_chosen_of_softmax
from models.routing.rerouted import mixtures, rerouted, routings
from models.routing.router_confidence import logit_gradients

FACTORS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
Value = Literal["probability", "renormalised"]
GATES: dict[Value, Gate] = {"probability": chosen_of_softmax, "renormalised": renormalised_chosen_of_softmax}


class SwitchControls(Controls):
    sentence: Sentence = Field(SENTENCE, title="Text", description=f"Up to {TOKENS} tokens, one batch")
    layer: Literal[0, 1] = Field(0, title="Layer", description="0 is the first")
    capacity_factor: float = Field(
        1.25,
        ge=0.5,
        le=4,
        multiple_of=0.25,
        title="Capacity factor",
        description="Capacity over a uniform share",
    )
    balancing: Balancing = Field("on", title="Balancing loss in training")
    gate: Value = Field("probability", title="Gate", description="The expert’s probability, or divided by itself: 1")


class Served(NamedTuple):
    """What one capacity factor does to a batch of held-out text; means over the layers."""

    dropped_share: float
    idle_share: float  # of all slots
    loss_nats: float
    switch_loss: float


class SwitchResult(NamedTuple):
    controls: SwitchControls
    text: Reading
    x: Tensor  # (T, D) what the router reads
    weight: Tensor  # (E, D) its rows
    expert: Tensor  # (T,) in the layer
    place: Tensor  # (T,) position in the queue of that expert
    gate: Tensor  # (T,)
    room: int
    served: Sweep[float, Served]  # over capacity factors
    gradient: Tensor  # (T + 64, E) of the loss by the layer's logits, on the typed text and on held-out text
    parameters: int


@memo
def serve(balancing: Balancing, gate: Value, factor: float, seed: int, device: str) -> Served:
    """One batch of held-out text with that much room in every layer."""
    ids = held_out_text(seed).to(device)
    with torch.inference_mode():
        model = rerouted(mixture_decoder(balancing, device), 1, within_capacity(GATES[gate], factor))
        logits, trace = model(ids)
        layers = routings(trace)
        kept = torch.stack([(layer.gates > 0).float().mean() for layer in layers]).mean().item()
        balance = [switch_loss(layer.load, layer.probabilities.flatten(0, -2).mean(dim=0)) for layer in layers]
        slots = EXPERTS * expert_capacity(ids.numel(), EXPERTS, factor)
        loss = token_losses(logits, ids).mean().item()
        return Served(1 - kept, 1 - kept * ids.numel() / slots, loss, torch.stack(balance).mean().item())


def run(controls: SwitchControls, device: str) -> SwitchResult:
    model, gate = mixture_decoder(controls.balancing, device), GATES[controls.gate]
    text, layer = typed(controls.sentence, device), controls.layer
    with torch.inference_mode():
        routing = routings(rerouted(model, 1, gate)(text.ids)[1])[layer]
    chosen = routing.chosen[0, 1:]
    unseen = held_out_text(controls.seed)[:1].to(device)
    gradients = [logit_gradients(model, ids, layer, 1, gate)[0] for ids in (text.ids, unseen)]
    return SwitchResult(
        controls=controls,
        text=text,
        x=routing.x[0, 1:],
        weight=mixtures(model)[layer].router.weight,
        expert=chosen[:, 0],
        place=places(chosen, EXPERTS)[:, 0],
        gate=routing.gates[0, 1:, 0],
        room=expert_capacity(len(chosen), EXPERTS, controls.capacity_factor),
        served=sweep(
            lambda factor: serve(controls.balancing, controls.gate, factor, controls.seed, device),
            FACTORS,
            controls.capacity_factor,
        ),
        gradient=torch.cat(gradients),
        parameters=parameter_count(model),
    )


def measure(result: SwitchResult) -> Measurements:
    here, roomy = result.served.current, result.served.measured[-1]
    return {
        "dropped_share": here.dropped_share,
        "idle_slot_share": here.idle_share,
        "dropped_on_screen_tokens": int((result.place >= result.room).sum()),
        "held_out_loss_nats": here.loss_nats,
        "loss_added_by_dropping_nats": here.loss_nats - roomy.loss_nats,
        "switch_loss": here.switch_loss,
        "mean_router_gradient": result.gradient.abs().mean().item(),
        "mean_gate": result.gate.mean().item(),
    }
