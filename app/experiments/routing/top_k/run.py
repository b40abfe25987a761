"""How many experts a token gets: what the choice keeps, how loads and limits follow, and whom the gradient reaches."""

from functools import partial
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements, Sentence
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
from app.experiments.text import Reading
from models.parameter_count import parameter_count
from models.routing.balance import variation
from models.routing.capacity import expert_capacity, places
from models.routing.dense_mixture import expert_gradients
from models.routing.mixture_of_experts import softmax_over_chosen
from models.routing.rerouted import mixtures, rerouted, routings
from models.routing.router_confidence import kept_probability
from models.routing.side_by_side import load_of
from models.transformer.decoder import Decoder

ROWS, HELD_OUT_TOKENS = 8, 4


class TopKControls(Controls):
    sentence: Sentence = Field(SENTENCE, title="Text", description=f"Up to {TOKENS} tokens")
    k: int = Field(2, ge=1, le=EXPERTS, title="Experts per token k", description="The model was trained with 2")
    layer: Literal[0, 1] = Field(1, title="Layer", description="0 is the first")
    token: int = Field(
        6, ge=-1, le=TOKENS - 1, title="Token", description="Counted from 0, −1 is the last but one; or click a column"
    )
    capacity_factor: float = Field(
        1.25,
        ge=0.5,
        le=4,
        multiple_of=0.25,
        title="Capacity factor",
        description="Capacity over a uniform share",
    )
    routing: Literal["top-k", "all experts"] = Field(
        "top-k", title="Experts computed", description="The top k, or all eight by their gates"
    )
    router: Router = Field("trained", title="Routers", description="As trained, or random of the same size")
    balancing: Balancing = Field("on", title="Balancing loss in training", json_schema_extra=MORE)


class Choice(NamedTuple):
    """What one k does on 512 held-out tokens."""

    kept: Tensor  # () mean probability of the k best
    variation: Tensor  # () coefficient of variation of the load
    dropped: Tensor  # () share of the assignments that find their expert full


class TopKResult(NamedTuple):
    controls: TopKControls
    text: Reading
    x: Tensor  # (T, D) what the router reads
    weight: Tensor  # (E, D) its rows
    probabilities: Tensor  # (T, E) of the router
    choices: list[Choice]  # for k from 1 to E
    gradients: Tensor  # (E,) on each expert's weights, through one token
    chosen: Tensor  # (k,) of that token
    held_out_gradients: Tensor  # (HELD_OUT_TOKENS, E) the same, through held-out tokens
    held_out_chosen: Tensor  # (HELD_OUT_TOKENS, k)
    token: int  # the one that is looked at; the last but one at most, as the loss is about the next
    parameters: int


def model_of(controls: TopKControls, device: str) -> Decoder:
    return with_routers(controls.router, range(LAYERS), controls.seed, device, controls.balancing)


@memo
def held_out_logits(layer: int, router: Router, balancing: Balancing, seed: int, device: str) -> Tensor:
    """Router logits of held-out text with the two experts of the training, (N, E)."""
    with torch.inference_mode():
        _, trace = with_routers(router, range(LAYERS), seed, device, balancing)(held_out_text(seed, ROWS).to(device))
        return routings(trace)[layer].logits.flatten(0, 1).cpu()


def choose(logits: Tensor, k: int, capacity_factor: float) -> Choice:
    p = logits.softmax(dim=-1)
    chosen = p.topk(k, dim=-1).indices
    room = expert_capacity(chosen.numel(), EXPERTS, capacity_factor)
    dropped = (places(chosen, EXPERTS) >= room).float().mean()
    return Choice(kept_probability(p, k).mean(), variation(load_of(chosen, EXPERTS)), dropped)


def run(controls: TopKControls, device: str) -> TopKResult:
    text, model = typed(controls.sentence, device), model_of(controls, device)
    layer, k = controls.layer, controls.k
    with torch.inference_mode():
        routing = routings(rerouted(model, k, only=layer)(text.ids)[1])[layer]
    logits = held_out_logits(layer, controls.router, controls.balancing, controls.seed, device)
    token = controls.token if 0 <= controls.token < len(text.pieces) - 1 else max(len(text.pieces) - 2, 0)
    reached = EXPERTS if controls.routing == "all experts" else k
    gradient = partial(expert_gradients, model, layer=layer, k=reached, gate=softmax_over_chosen)
    unseen, looked_at = held_out_text(controls.seed, ROWS).to(device)[:1], torch.arange(8, 8 + 8 * HELD_OUT_TOKENS, 8)
    return TopKResult(
        controls=controls,
        text=text,
        x=routing.x[0, 1:],
        weight=mixtures(model)[layer].router.weight,
        probabilities=routing.probabilities[0, 1:],
        choices=[choose(logits, one, controls.capacity_factor) for one in range(1, EXPERTS + 1)],
        gradients=gradient(ids=text.ids, token=1 + token),
        chosen=routing.chosen[0, 1 + token],
        held_out_gradients=torch.stack([gradient(ids=unseen, token=place) for place in looked_at.tolist()]),
        held_out_chosen=logits[looked_at].topk(k, dim=-1).indices,
        token=token,
        parameters=parameter_count(model),
    )


def measure(result: TopKResult) -> Measurements:
    here = result.choices[result.controls.k - 1]
    gradients = torch.cat([result.gradients[None], result.held_out_gradients])
    chosen = torch.cat([result.chosen[None], result.held_out_chosen])
    left_out = torch.ones_like(gradients, dtype=torch.bool).scatter(1, chosen, False)
    return {
        "kept_probability_share": here.kept.item(),
        "kept_probability_at_1_share": result.choices[0].kept.item(),
        "load_variation": here.variation.item(),
        "dropped_share": here.dropped.item(),
        "experts_with_gradient": int((result.gradients > 0).sum()),
        "largest_gradient_of_unchosen_experts": gradients[left_out].max().item() if left_out.any() else 0.0,
        "smallest_gradient_of_chosen_experts": gradients[~left_out].min().item(),
    }
