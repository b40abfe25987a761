"""The three figures of a router: its verdict on every token, the gates of one token, and what noise changes."""

from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.router.run import GATES, RouterResult
from app.experiments.routing.sources import at_experts, origins_of
from app.provenance.origin import Drawn
from models.layers.softmax import softmax
from models.routing.router_confidence import entropy
from visualizers.router import flips, grouped_rows, verdicts


def figures(result: RouterResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"verdicts": _verdicts(result), "orders": _orders(result, numbers), "flips": _flips(result, numbers)},
        origins(result),
    )


def _name(result: RouterResult) -> str:
    return f"“{result.text.pieces[result.token]}”"


def _verdicts(result: RouterResult) -> Figure:
    token, (T, k) = result.token, result.chosen.shape
    p, nats, margin = softmax(result.logits), entropy(result.logits), result.margins[:T]
    experts = " and ".join(map(str, result.chosen[token].tolist()))
    return Figure(
        title=f"What the router of layer {result.controls.layer} says of each token",
        caption=(
            "Strong colour: a large probability; rings: the experts chosen. Below, entropy in nats, and the margin in"
            " logits between the last expert in and the first one out. Click a token."
        ),
        text=(
            f"For {_name(result)} the router chooses {experts}, with {p[token].topk(k).values.sum():.1%} of the"
            f" probability; entropy {nats[token]:.3f} nats, margin {margin[token]:.3f}."
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
    )


def _orders(result: RouterResult, numbers: Measurements) -> Figure:
    token = result.token
    return Figure(
        title=f"The gates of {_name(result)}, and which logits learn",
        caption=(
            "{accent|top-k, softmax}; {c2|softmax, top-k}; {c3|the same, renormalised}. A ring on the line is exactly"
            " zero."
        ),
        text=(
            f"Computed as “{result.controls.order}”, gates differ from those of “top-k, softmax” by at most"
            f" {numbers['gate_difference_from_top_k_first']:.2g}, and the largest gradient of an unchosen logit is"
            f" {numbers['largest_gradient_of_unchosen']:.2g}. In the softmax over all, the chosen keep"
            f" {numbers['mean_kept_mass']:.1%} on average."
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
    )


def _flips(result: RouterResult, numbers: Measurements) -> Figure:
    T = len(result.text.pieces)
    return Figure(
        title="How often noise changes the choice",
        caption=(
            "A dot a token, {accent|typed} or fresh; {c2|mean} of each quarter by margin. Narrow margins flip first."
        ),
        text=(
            f"With noise of {result.controls.noise:g} times the input’s size,"
            f" {numbers['flip_rate_smallest_margins']:.0%} of the choices change in the quarter with the smallest"
            f" margins, {numbers['flip_rate_largest_margins']:.1%} in that with the largest."
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


def origins(result: RouterResult) -> list[Drawn]:
    router, k = origins_of(result.x, result.weight), result.controls.k

    def of_token(gates: Tensor) -> Tensor:
        return at_experts(gates, router.logits.tensor)[result.token]

    orders = enumerate(GATES.values())  # of each the bars, then the rings
    return [
        Drawn("verdicts", router.probabilities, lambda p: p.T),
        *(Drawn("orders", router.gates(k, gate), of_token, trace=2 * place) for place, gate in orders),
    ]
