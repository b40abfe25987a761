"""The three figures of a Switch layer: the queues of a typed text, the tokens that are dropped, and the loss."""

from functools import partial

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.mixture_decoder import EXPERTS
from app.experiments.routing.sources import origins_of
from app.experiments.routing.switch.run import GATES, SwitchResult
from app.provenance.origin import Plotted
from visualizers.buckets import buckets, slots
from visualizers.curve import curves, mark_x
from visualizers.theme import ACCENT, SERIES


def figures(result: SwitchResult, metrics: Measurements) -> Figures:
    return {"buckets": _buckets(result, metrics), "shares": _shares(result, metrics), "loss": _loss(result, metrics)}


def _buckets(result: SwitchResult, metrics: Measurements) -> Figure:
    T, c = len(result.text.pieces), result.controls
    dropped = int(metrics["dropped_on_screen_tokens"])
    gates = origins_of(result.x, result.weight).gates(1, GATES[c.gate])
    return Figure(
        title=f"Layer {c.layer}: every token goes to one expert, up to its capacity",
        caption=(
            "Tokens queue in the order of the text. Strong colour: a large gate. {failed|Red}, above the dashed line:"
            " dropped, no expert is computed for them."
        ),
        text=(
            f"Each expert has capacity for {result.room} of these {T} tokens, so {dropped} are dropped. In batches of"
            f" 1 024 held-out tokens, {metrics['dropped_share']:.0%} are dropped."
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
        sources=[Plotted(gates, partial(in_buckets, result), trace="gates", framed=True)],
    )


def _shares(result: SwitchResult, metrics: Measurements) -> Figure:
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
        title="Too little capacity, or too much, %",
        caption="{c2|Tokens dropped} and {c1|idle slots}, in batches of 1 024 held-out tokens.",
        text=(
            f"With a factor of {result.controls.capacity_factor:g}, {metrics['dropped_share']:.1%} of the tokens are"
            f" dropped and {metrics['idle_slot_share']:.1%} of the slots are idle."
        ),
        plot=mark_x(drawn, result.controls.capacity_factor, ""),
        height=250,
        half=True,
    )


def _loss(result: SwitchResult, metrics: Measurements) -> Figure:
    factors = np.array(result.served.values)
    losses = np.array(result.served.each(lambda one: one.loss_nats))
    drawn = curves(
        factors, {"": losses}, x_title="capacity factor", markers=True, colours={"": ACCENT}, room=16,
        y_range=(0, 1.08 * float(losses.max())),
    )  # fmt: skip
    drawn.update_xaxes(tickvals=[0.5, 1, 2, 3, 4])
    return Figure(
        title="Loss on held-out text, nats per token",
        caption="The same model at other capacity factors.",
        text=(
            f"Dropping adds {metrics['loss_added_by_dropping_nats']:.3f} nats to the loss at a factor of"
            f" {result.controls.capacity_factor:g}."
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
