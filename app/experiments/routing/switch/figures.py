"""The three figures of a Switch layer: the buckets of a typed text, who is turned away, and what that costs."""

from functools import partial

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.mixture_decoder import EXPERTS
from app.experiments.routing.sources import origins_of
from app.experiments.routing.switch.run import GATES, SwitchResult
from app.provenance.origin import Drawn
from visualizers.buckets import buckets, slots
from visualizers.curve import curves, mark_x
from visualizers.theme import ACCENT, SERIES


def figures(result: SwitchResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"buckets": _buckets(result, numbers), "shares": _shares(result, numbers), "loss": _loss(result, numbers)},
        origins(result),
    )


def _buckets(result: SwitchResult, numbers: Measurements) -> Figure:
    T = len(result.text.pieces)
    dropped = int(numbers["dropped_on_screen_tokens"])
    return Figure(
        title=f"Layer {result.controls.layer}: every token goes to one expert, if there is room",
        caption=(
            "Tokens queue in the order of the text; a stronger colour is a larger gate. Over the dashed rim stand the"
            " {failed|dropped} ones: no expert computes for them."
        ),
        text=(
            f"Of {T} tokens {dropped} find their expert full: each has room for {result.room}, that is"
            f" {T} / {EXPERTS} × {result.controls.capacity_factor:g}, rounded down."
        ),
        plot=buckets(
            result.text.pieces,
            result.expert.numpy(),
            result.place.numpy(),
            result.gate.numpy(),
            EXPERTS,
            result.room,
        ),
        height=340,
        lines=["return gates * (place < expert_capacity(chosen.numel(), E, factor)), chosen"] * T,
        steps="token",
        start=T - 1,
    )


def _shares(result: SwitchResult, numbers: Measurements) -> Figure:
    factors = np.array(result.served.values)
    served = result.served
    drawn = curves(
        factors,
        {
            "dropped": 100 * np.array(served.each(lambda one: one.dropped_share)),
            "idle slots": 100 * np.array(served.each(lambda one: one.idle_share)),
        },
        x_title="capacity factor",
        y_range=(-2, 100),
        markers=True,
        colours={"dropped": SERIES[1], "idle slots": SERIES[0]},
        room=72,
    )
    drawn.update_xaxes(tickvals=[0.5, 1, 2, 3, 4])
    return Figure(
        title="Too little room, or too much, %",
        caption="{c2|Tokens dropped} and {c1|slots computed for nobody}, in batches of 1,024 fresh tokens.",
        text=(
            f"With a factor of {result.controls.capacity_factor:g}, {numbers['dropped_share']:.1%} of the tokens are"
            f" dropped and {numbers['idle_slot_share']:.1%} of the slots stay empty. The balance E Σ f P of this"
            f" routing is {numbers['switch_loss']:.3f}."
        ),
        plot=mark_x(drawn, result.controls.capacity_factor, ""),
        height=250,
        half=True,
    )


def _loss(result: SwitchResult, numbers: Measurements) -> Figure:
    factors = np.array(result.served.values)
    losses = np.array(result.served.each(lambda one: one.loss_nats))
    drawn = curves(
        factors, {"": losses}, x_title="capacity factor", markers=True, colours={"": ACCENT}, room=16,
        y_range=(0, 1.08 * float(losses.max())),
    )  # fmt: skip
    drawn.update_xaxes(tickvals=[0.5, 1, 2, 3, 4])
    return Figure(
        title="Loss on fresh text, nats a token",
        caption="The same model with more and more room: what a dropped token costs the prediction.",
        text=(
            f"Dropping adds {numbers['loss_added_by_dropping_nats']:.3f} nats to the loss at a factor of"
            f" {result.controls.capacity_factor:g}. The gradient that reaches a router logit is"
            f" {numbers['mean_router_gradient']:.2g} on average."
        ),
        plot=mark_x(drawn, result.controls.capacity_factor, ""),
        height=250,
        half=True,
    )


def in_buckets(result: SwitchResult, gates: Tensor) -> Tensor:
    """The gates (T, 1) in the slots of their experts, those of the tokens up to t in frame t: (T, slots, E)."""
    high = slots(result.place.numpy(), result.room)
    frames = gates.new_zeros(len(gates), high, EXPERTS)
    for token in (result.place < min(result.room, high)).nonzero()[:, 0].tolist():
        frames[token:, result.place[token], result.expert[token]] = gates[token, 0]
    return frames


def origins(result: SwitchResult) -> list[Drawn]:
    gates = origins_of(result.x, result.weight).gates(1, GATES[result.controls.gate])
    return [Drawn("buckets", gates, partial(in_buckets, result), framed=True)]
