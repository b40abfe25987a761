"""One router at work on a typed text: its verdicts, the gates made of them, which logits learn, what noise changes."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.routing.mixture_decoder import EXPERTS, SENTENCE, TOKENS, held_out_text, mixture_decoder, typed
from app.experiments.text import Reading
from models.parameter_count import parameter_count
from models.routing.mixture_of_experts import (
    Gate,
    RoutingTrace,
    chosen_of_softmax,
    renormalised_chosen_of_softmax,
    softmax_over_chosen,
)
from models.routing.rerouted import mixtures, rerouted, routings
from models.routing.router_confidence import entropy, flip_rate, logit_gradients, loss_added_by_noise, margin
from models.routing.side_by_side import spread
from models.seeding import generator

REPEATS, HELD_OUT_ROWS = 64, 4
LOUD, LOUD_REPEATS, LOUD_ROWS = 2.0, 4, 16  # noise twice as large as the input: what does it do to the loss?

Order = Literal["top-k, softmax", "softmax, top-k", "softmax, top-k, renormalised"]
FIRST: Order = "top-k, softmax"
GATES: dict[Order, Gate] = {
    "top-k, softmax": softmax_over_chosen,
    "softmax, top-k": chosen_of_softmax,
    "softmax, top-k, renormalised": renormalised_chosen_of_softmax,
}


class RouterControls(Controls):
    sentence: Sentence = Field(SENTENCE, title="Text", description=f"Up to {TOKENS} tokens")
    layer: Literal[0, 1] = Field(1, title="Layer", description="0 is the first")
    token: int = Field(
        6, ge=-1, le=TOKENS - 1, title="Token", description="Counted from 0, −1 is the last; or click one"
    )
    order: Order = Field("softmax, top-k, renormalised", title="Order of softmax and top-k")
    noise: float = Field(0.2, ge=0, le=5, title="Noise on the input", description="Its size over the input’s own")
    reaches: Literal["choice and gates", "gates only"] = Field(
        "choice and gates", title="Noise reaches", description="For the loss added by noise", json_schema_extra=MORE
    )
    k: int = Field(2, ge=1, le=EXPERTS - 1, title="Experts per token", json_schema_extra=MORE)


class RouterResult(NamedTuple):
    controls: RouterControls
    text: Reading
    x: Tensor  # (T, D) what the router reads of the typed tokens
    weight: Tensor  # (E, D) its rows
    logits: Tensor  # (T, E) of the typed tokens
    gates: dict[str, Tensor]  # order → (T, E), zero where not chosen
    gradients: dict[str, Tensor]  # order → (T, E)
    held_out_gradients: tuple[Tensor, Tensor]  # in that order, of a held-out text: (64, E); chosen (64, k)
    chosen: Tensor  # (T, k)
    difference: Tensor  # largest between the gates of the order asked for and of top-k first, held-out tokens included
    kept_mass: Tensor  # (N,) of the softmax over all, on the chosen
    margins: Tensor  # (T + N,) typed tokens first
    flip_rates: Tensor  # (T + N,)
    loss_added: float  # by noise twice as large as the input, nats per held-out token
    parameters: int

    @property
    def token(self) -> int:
        """The index of the token to look at: the last, if there are not so many."""
        T = len(self.text.pieces)
        return self.controls.token if 0 <= self.controls.token < T else T - 1

    @property
    def quarters(self) -> Tensor:
        """Mean margin and flip rate of the held-out tokens, in quarters by margin: (2, 4)."""
        T = len(self.text.pieces)
        by_margin = self.margins[T:].argsort()
        ordered = torch.stack([self.margins[T:], self.flip_rates[T:]])[:, by_margin]
        return torch.stack([quarter.mean(dim=1) for quarter in ordered.tensor_split(4, dim=1)], dim=1)


def layer_of(controls: RouterControls, ids: Tensor, device: str) -> RoutingTrace:
    with torch.inference_mode():
        _, trace = rerouted(mixture_decoder("on", device), controls.k)(ids)
    return routings(trace)[controls.layer]


@memo
def loss_added(layer: int, k: int, reaches: str, seed: int, device: str) -> float:
    """By noise twice as large as the input of one router, nats per held-out token."""
    ids, model = held_out_text(seed, LOUD_ROWS).to(device), mixture_decoder("on", device)
    only = reaches == "gates only"
    with torch.inference_mode():
        added = loss_added_by_noise(
            rerouted(model, k), ids, layer, k, softmax_over_chosen, LOUD, only, generator(seed), LOUD_REPEATS
        )
    return added.item()


def run(controls: RouterControls, device: str) -> RouterResult:
    model, k, layer = mixture_decoder("on", device), controls.k, controls.layer
    text = typed(controls.sentence, device)
    held_out_ids = held_out_text(controls.seed, HELD_OUT_ROWS).to(device)
    here, fresh = (layer_of(controls, ids, device) for ids in (text.ids, held_out_ids))
    logits = torch.cat([here.logits[0, 1:], fresh.logits.flatten(0, 1)])
    x = torch.cat([here.x[0, 1:], fresh.x.flatten(0, 1)])
    every = {name: gate(logits, k) for name, gate in GATES.items()}
    chosen, T = every[FIRST][1], len(text.pieces)
    router = mixtures(model)[layer].router.weight
    return RouterResult(
        controls=controls,
        text=text,
        x=x[:T],
        weight=router,
        logits=logits[:T],
        gates={name: spread(gate[:T], which[:T], EXPERTS) for name, (gate, which) in every.items()},
        gradients={name: logit_gradients(model, text.ids, layer, k, gate)[0][1:] for name, gate in GATES.items()},
        held_out_gradients=logit_gradients(model, held_out_ids[:1], layer, k, GATES[controls.order]),
        chosen=chosen[:T],
        difference=(every[controls.order][0] - every[FIRST][0]).abs().max(),
        kept_mass=every["softmax, top-k"][0].sum(dim=-1),
        margins=margin(logits, k),
        flip_rates=flip_rate(logits, router, x, k, controls.noise, generator(controls.seed), REPEATS),
        loss_added=loss_added(layer, k, controls.reaches, controls.seed, device),
        parameters=parameter_count(model),
    )


def measure(result: RouterResult) -> Measurements:
    held_out, chosen = result.held_out_gradients
    of_order = torch.cat([result.gradients[result.controls.order], held_out]).abs()
    left_out = torch.ones_like(of_order, dtype=torch.bool).scatter(-1, torch.cat([result.chosen, chosen]), False)
    narrow, *_, wide = result.quarters[1].tolist()
    return {
        "gate_difference_from_top_k_first": result.difference.item(),
        "kept_probability_share": result.kept_mass.mean().item(),
        "largest_gradient_of_unchosen": of_order[left_out].max().item(),
        "mean_gradient_of_chosen": of_order[~left_out].mean().item(),
        "mean_entropy_nats": entropy(result.logits).mean().item(),
        "mean_margin": result.margins.mean().item(),
        "flips_at_small_margins_share": narrow,
        "flips_at_large_margins_share": wide,
        "loss_added_by_loud_noise_nats": result.loss_added,
        "noise_size": result.controls.noise,
    }
