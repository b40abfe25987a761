"""The three figures of a router: its probabilities for every token, the gates of one token, and what noise changes."""

from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.router.run import GATES, RouterResult
from app.experiments.routing.sources import RouterOrigins, at_experts, origins_of
from app.provenance.origin import Plotted
from models.layers.softmax import softmax
from models.routing.router_confidence import entropy
from visualizers.router import flips, grouped_rows, verdicts


def figures(result: RouterResult, metrics: Measurements) -> Figures:
    router = origins_of(result.x, result.weight)
    return {
        "verdicts": _verdicts(result, router),
        "orders": _orders(result, metrics, router),
        "flips": _flips(result, metrics),
    }


def _name(result: RouterResult) -> str:
    return f"“{result.text.pieces[result.token]}”"


def _verdicts(result: RouterResult, router: RouterOrigins) -> Figure:
    token, (T, k) = result.token, result.chosen.shape
    p, nats, margin = softmax(result.logits), entropy(result.logits), result.margins[:T]
    experts = " and ".join(map(str, result.chosen[token].tolist()))
    return Figure(
        title=f"Probabilities of the router of layer {result.controls.layer}, for each token",
        caption=(
            "Strong colour: high probability. Rings: the chosen experts. Below: entropy, and the margin between the"
            " last expert chosen and the first left out. Click a token."
        ),
        text=(
            f"For {_name(result)} the router chooses experts {experts}, with {p[token].topk(k).values.sum():.1%} of"
            f" the probability. The margin is {margin[token]:.3f}."
        ),
        plot=verdicts(
            result.text.pieces,
            p.T.numpy(),
            result.chosen.numpy(),
            {"entropy": nats.numpy(), "margin": margin.numpy()},
            picked=token,
            sets="token",
        ),
        height=420,
        sources=[Plotted(router.probabilities, lambda p: p.T, trace="probabilities")],
    )


def _orders(result: RouterResult, metrics: Measurements, router: RouterOrigins) -> Figure:
    token, k = result.token, result.controls.k

    def of_token(gates: Tensor) -> Tensor:
        return at_experts(gates, router.logits.tensor)[token]

    return Figure(
        title=f"Gates of {_name(result)}, and which logits receive gradient",
        caption=(
            "{accent|Top-k, softmax}; {c2|softmax, top-k}; {c3|the same, renormalised}. A ring on the line is exactly"
            " zero."
        ),
        text=(
            f"Gates in the order “{result.controls.order}” differ from “top-k, softmax” by at most"
            f" {metrics['gate_difference_from_top_k_first']:.2g}. The largest gradient of an unchosen logit is"
            f" {metrics['largest_gradient_of_unchosen']:.2g}."
        ),
        plot=grouped_rows(
            {
                "gate": {order: gates[token].numpy() for order, gates in result.gates.items()},
                "size of the loss’s gradient": {
                    order: gradient[token].abs().numpy() for order, gradient in result.gradients.items()
                },
            },
            x_title="expert",
        ),
        height=340,
        half=True,
        sources=[Plotted(router.gates(k, gate), of_token, trace=f"{order}, gate") for order, gate in GATES.items()],
    )


def _flips(result: RouterResult, metrics: Measurements) -> Figure:
    T = len(result.text.pieces)
    return Figure(
        title="How often noise changes the choice",
        caption="Each dot is a token, {accent|typed} or held-out. {c2|Line}: mean of each quarter by margin.",
        text=(
            f"With noise {result.controls.noise:g} times the input, {metrics['flips_at_small_margins_share']:.0%}"
            f" of the choices change in the quarter with the smallest margins. Noise twice as large as the input adds"
            f" {metrics['loss_added_by_loud_noise_nats']:.3f} nats per token to the loss."
        ),
        plot=flips(
            result.margins[T:].numpy(),
            result.flip_rates[T:].numpy(),
            typed_margin=result.margins[:T].numpy(),
            typed_rate=result.flip_rates[:T].numpy(),
            middle=result.quarters.numpy(),
        ),
        height=340,
        half=True,
    )
