"""One router at work on a typed text: its verdicts, two ways to make gates of them, who learns, and what noise changes."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Experiment, Figure, Figures, Measurements, Sentence
from app.experiments.routing.trained import EXPERTS, LAYERS, SENTENCE, TOKENS, Typed, fresh_text, mixture_decoder, typed
from models.routing.mixture_of_experts import (
    Gate,
    RoutingTrace,
    chosen_of_softmax,
    renormalised_chosen_of_softmax,
    softmax_over_chosen,
)
from models.routing.rerouted import rerouted, routings
from models.routing.router_confidence import entropy, flip_rate, logit_gradients, margin
from models.routing.side_by_side import spread
from models.seeding import generator
from visualizers.router import flips, grouped_rows, verdicts

REPEATS, FRESH_ROWS = 64, 4
QUARTERS = 4


Order = Literal["top-k, softmax", "softmax, top-k", "softmax, top-k, renormalised"]
FIRST, RENORMALISED = "top-k, softmax", "softmax, top-k, renormalised"
GATES: dict[Order, Gate] = {
    "top-k, softmax": softmax_over_chosen,
    "softmax, top-k": chosen_of_softmax,
    "softmax, top-k, renormalised": renormalised_chosen_of_softmax,
}


class RouterControls(Controls):
    sentence: Sentence = Field(SENTENCE, title="Text", description=f"Up to {TOKENS} tokens")
    layer: int = Field(1, ge=0, le=LAYERS - 1, title="Layer", description="0 is the first")
    token: int = Field(6, ge=-1, le=TOKENS - 1, title="Token", description="Counted from 0, −1 is the last; or click one")
    order: Order = Field(RENORMALISED, title="Order of softmax and choice")
    noise: float = Field(0.2, ge=0, le=5, title="Noise on the input", description="As a share of the input’s own size")
    k: int = Field(2, ge=1, le=EXPERTS - 1, title="Experts a token", json_schema_extra=MORE)


class RouterResult(NamedTuple):
    controls: RouterControls
    text: Typed
    logits: Tensor  # (T, E) of the typed tokens
    gates: dict[str, Tensor]  # order → (T, E), zero where not chosen
    gradients: dict[str, Tensor]  # order → (T, E)
    fresh_gradients: tuple[Tensor, Tensor]  # of a row of fresh text, in the order asked for: (64, E), and the chosen (64, k)
    chosen: Tensor  # (T, k)
    difference: Tensor  # largest between the gates of the order asked for and of top-k first, over typed and fresh tokens
    kept_mass: Tensor  # (N,) of the softmax over all, on the chosen
    margins: Tensor  # (T + N,) typed tokens first
    flip_rates: Tensor  # (T + N,)


def layer_of(controls: RouterControls, ids: Tensor, device: str) -> RoutingTrace:
    with torch.inference_mode():
        _, trace = rerouted(mixture_decoder("on", device), controls.k)(ids)
    return routings(trace)[controls.layer]


def run(controls: RouterControls, device: str) -> RouterResult:
    model, k, layer = mixture_decoder("on", device), controls.k, controls.layer
    text = typed(controls.sentence, device)
    fresh_ids = fresh_text(controls.seed, FRESH_ROWS).to(device)
    here, fresh = (layer_of(controls, ids, device) for ids in (text.ids, fresh_ids))
    logits = torch.cat([here.logits[0, 1:], fresh.logits.flatten(0, 1)])
    x = torch.cat([here.x[0, 1:], fresh.x.flatten(0, 1)])
    every = {name: gate(logits, k) for name, gate in GATES.items()}
    chosen, T = every[FIRST][1], len(text.pieces)
    router = model.blocks[layer].feed_forward.router.weight
    return RouterResult(
        controls=controls,
        text=text,
        logits=logits[:T],
        gates={name: spread(gate[:T], which[:T], EXPERTS) for name, (gate, which) in every.items()},
        gradients={name: logit_gradients(model, text.ids, layer, k, gate)[0][1:] for name, gate in GATES.items()},
        fresh_gradients=logit_gradients(model, fresh_ids[:1], layer, k, GATES[controls.order]),
        chosen=chosen[:T],
        difference=(every[controls.order][0] - every[FIRST][0]).abs().max(),
        kept_mass=every["softmax, top-k"][0].sum(dim=-1),
        margins=margin(logits, k),
        flip_rates=flip_rate(logits, router, x, k, controls.noise, generator(controls.seed), REPEATS),
    )


def by_quarter(result: RouterResult) -> Tensor:
    """Mean margin and flip rate of the fresh tokens, in quarters by margin: (2, 4)."""
    T = len(result.text.pieces)
    margins, rates = result.margins[T:], result.flip_rates[T:]
    order = margins.argsort()
    return torch.stack([part[order].tensor_split(QUARTERS)[q].mean() for part in (margins, rates) for q in range(QUARTERS)]).view(2, -1)


def measure(result: RouterResult) -> Measurements:
    fresh, chosen = result.fresh_gradients
    of_order = torch.cat([result.gradients[result.controls.order], fresh]).abs()
    left_out = torch.ones_like(of_order, dtype=torch.bool).scatter(-1, torch.cat([result.chosen, chosen]), False)
    narrow, *_, wide = by_quarter(result)[1].tolist()
    return {
        "gate_difference_from_top_k_first": result.difference.item(),
        "mean_kept_mass": result.kept_mass.mean().item(),
        "largest_gradient_of_unchosen": of_order[left_out].max().item(),
        "mean_gradient_of_chosen": of_order[~left_out].mean().item(),
        "mean_entropy_nats": entropy(result.logits).mean().item(),
        "mean_margin": result.margins.mean().item(),
        "flip_rate_smallest_margins": narrow,
        "flip_rate_largest_margins": wide,
        "flip_rate_wide_over_narrow": wide / narrow if narrow else float("nan"),
    }


def draw(result: RouterResult) -> Figures:
    controls, numbers, text = result.controls, measure(result), result.text
    T, k = result.chosen.shape
    token = controls.token if 0 <= controls.token < T else T - 1
    p = result.logits.softmax(dim=-1)
    nats, gap = entropy(result.logits), result.margins[:T]
    name = f"“{text.pieces[token]}”"
    return {
        "verdicts": Figure(
            title=f"What the router of layer {controls.layer} says of each token",
            caption=(
                "Dark: a large probability; rings: the experts chosen. Below, entropy in nats and the margin of logits between the"
                " last expert in and the first one out. Click a token."
            ),
            text=(
                f"For {name} the router chooses {', '.join(f'expert {e}' for e in result.chosen[token].tolist())} with"
                f" {p[token].topk(k).values.sum():.1%} of the probability; entropy {nats[token]:.3f} nats, margin {gap[token]:.3f}."
            ),
            plot=verdicts(
                text.pieces,
                p.T.numpy(),
                result.chosen.numpy(),
                {"entropy": nats.numpy(), "margin": gap.numpy()},
                picked=token,
                sets="token",
            ),
            height=420,
        ),
        "orders": Figure(
            title=f"The gates of {name}, and which logits learn",
            caption="{accent|top-k, softmax}; {c2|softmax, top-k}; {c3|the same, renormalised}. A ring on the line is exactly zero.",
            text=(
                f"Computed as “{controls.order}”, gates differ from those of “{FIRST}” by at most"
                f" {numbers['gate_difference_from_top_k_first']:.2g} over all tokens, and the largest gradient of an unchosen logit is"
                f" {numbers['largest_gradient_of_unchosen']:.2g}. In the plain softmax the two chosen keep {numbers['mean_kept_mass']:.1%}."
            ),
            plot=grouped_rows(
                {
                    "gate": {order: gates[token].numpy() for order, gates in result.gates.items()},
                    "size of the loss’s gradient": {order: g[token].abs().numpy() for order, g in result.gradients.items()},
                },
                x_title="expert",
            ),
            height=340,
            half=True,
        ),
        "flips": Figure(
            title="How often noise changes the choice",
            caption="A dot a token, {accent|typed} or fresh; {c2|mean} of each quarter by margin. Narrow margins flip first.",
            text=(
                f"With noise of {controls.noise:g} times the input’s size, {numbers['flip_rate_smallest_margins']:.0%} of the choices"
                f" change in the quarter with the smallest margins, {numbers['flip_rate_largest_margins']:.0%} in that with the largest."
            ),
            plot=flips(
                result.margins[T:].numpy(),
                result.flip_rates[T:].numpy(),
                typed_margin=gap.numpy(),
                typed_rate=result.flip_rates[:T].numpy(),
                middle=by_quarter(result).numpy(),
            ),
            height=340,
            half=True,
        ),
    }


def parameters(result: RouterResult) -> int:
    return sum(weight.numel() for weight in mixture_decoder("on", "cpu").parameters())


EXPERIMENT = Experiment(
    "router", RouterControls, run, measure, draw, "trained toy", parameters, lambda result: result.text.notices
)
