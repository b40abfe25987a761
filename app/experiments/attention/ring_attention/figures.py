"""The three figures of ring attention: the rounds, what overlaps, and from which block size on passing is free."""

import numpy as np

from app.experiments.attention.ring_attention.run import (
    RingResult,
)
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from models.attention.ring import block_seconds
from models.cost.accelerators import A100_FLOPS, LINKS
from visualizers.curve import curves, mark_x
from visualizers.ring import ring
from visualizers.spans import Span, spans
from visualizers.theme import ACCENT, SERIES

BLOCKS = np.geomspace(256, 262_144, 41)


def figures(result: RingResult, metrics: Measurements) -> Figures:
    return {"ring": _ring(result, metrics), "overlap": _overlap(result, metrics), "blocks": _blocks(result, metrics)}


def sheets(result: RingResult) -> np.ndarray:
    """Round by round, the map of queries by keys in the order in which the devices hold them: (R, T, T)."""
    order = np.concatenate([own.numpy() for own in result.places])
    ends = np.cumsum([0, *map(len, result.places)])
    visible = order[:, None] >= order
    made = np.zeros((len(result.turns), len(order), len(order)), dtype=np.uint8)
    for r, turns in enumerate(result.turns):
        if r:
            made[r][made[r - 1] == 2] = 1
            made[r][made[r - 1] == 1] = 1
        for turn in turns:
            mine, theirs = slice(*ends[turn.holder : turn.holder + 2]), slice(*ends[turn.origin : turn.origin + 2])
            made[r][mine, theirs] = np.where(visible[mine, theirs], 2, 3)
    return made


def _ring(result: RingResult, metrics: Measurements) -> Figure:
    P = result.controls.devices
    held = np.array([[turn.origin for turn in turns] for turns in result.turns])
    T = sum(map(len, result.places))
    return Figure(
        title=f"Layer {result.controls.layer}: {T} tokens on {P} devices, round by round",
        caption=(
            "Queries stay; blocks of keys and values go round clockwise. Right: strong colour is computed in this"
            " round, faint before it. Rows are queries, columns keys, in the order of the devices."
        ),
        text=(
            f"After {len(result.turns)} of {P} rounds the output differs from full attention by at most"
            f" {number(metrics['largest_difference_from_full_share'])} of its largest number. Each device has sent"
            f" {number(result.sent)} bytes."
        ),
        plot=ring(
            held,
            sheets(result),
            rounds=[str(r + 1) for r in range(len(held))],
            titles=("which block is where", f"{T} × {T} scores"),
        ),
        height=320,
        lines=["states[i] = fold(states[i], scores, v[..., theirs, :])"] * len(held),
        steps="round",
        start=min(1, len(held) - 1),
    )


def _overlap(result: RingResult, metrics: Measurements) -> Figure:
    unit, time = result.block_seconds, result.time
    kinds = {"compute": (time.computing, "computed"), "send′": (time.sending, "sent")}
    every = [
        Span(one.device, one.start / unit, (one.end - one.start) / unit, kind, f"block {one.block}: {word}")
        for kind, (activities, word) in kinds.items()
        for one in activities
    ]
    return Figure(
        title="A simulated run, in times of one whole block",
        caption="{trace:compute|Computing} and, under it, {trace:send′|sending}. Gaps are waiting.",
        text=(
            f"With {number(result.controls.tokens)} tokens per device the run takes"
            f" {metrics['time_over_computing']:.2f} times as long as the busiest device computes. Devices are idle"
            f" {metrics['idle_share']:.0%} of the time."
        ),
        plot=spans(
            every,
            rows=[f"device {device}" for device in range(result.controls.devices)],
            colours={"compute": ACCENT, "send′": SERIES[1]},
            x_title="time of one whole block",
        ),
        height=270,
        half=True,
    )


def _blocks(result: RingResult, metrics: Measurements) -> Figure:
    P = result.controls.devices

    def slowed(B: float) -> np.ndarray:
        compute, pass_on = np.array([block_seconds(c, 1.0, A100_FLOPS, B) for c in BLOCKS]).T
        return (compute + (P - 1) * np.maximum(compute, pass_on)) / (P * compute)

    drawn = curves(
        BLOCKS,
        {"300 GB/s": slowed(LINKS["within a machine"]), "25 GB/s": slowed(LINKS["between machines"])},
        x_title="tokens per device c",
        x_log=True,
        y_log=True,
        colours={"300 GB/s": SERIES[0], "25 GB/s": SERIES[1]},
        room=16,
    )
    drawn.layout.annotations = ()  # both end on 1
    drawn.update_yaxes(tickvals=[1, 3, 10, 30], ticktext=["1", "3", "10", "30"])
    drawn.update_xaxes(tickvals=[1e3, 1e4, 1e5], ticktext=["1k", "10k", "100k"])
    return Figure(
        title="Time without a mask, over computing alone",
        caption="By formula, links of {c1|300} and {c2|25 GB per second}. At 1, sending hides behind computing.",
        text=(
            f"On this link, blocks of at least {number(metrics['smallest_hidden_block_tokens'])} tokens hide it: F / B,"
            " with 312 teraflops per device."
        ),
        plot=mark_x(drawn, result.controls.tokens, "c"),
        height=270,
        half=True,
    )
