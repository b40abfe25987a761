"""The three figures of ring attention: the rounds, what overlaps, and from which block size on passing is free."""

from collections.abc import Iterator

import numpy as np

from app.experiments.attention.ring_attention.run import (
    RingResult,
)
from app.experiments.base import Figure, Figures, Measurements
from models.attention.ring import block_seconds
from models.cost.accelerators import A100_FLOPS, LINKS
from visualizers.curve import curves, mark_x
from visualizers.ring import ring
from visualizers.spans import Span, spans
from visualizers.theme import ACCENT, SERIES

BLOCKS = np.geomspace(256, 262_144, 41)


def figures(result: RingResult, numbers: Measurements) -> Figures:
    return {"ring": _ring(result, numbers), "overlap": _overlap(result, numbers), "blocks": _blocks(result, numbers)}


def sheets(result: RingResult) -> np.ndarray:
    """Round by round, the map of queries by keys in the order in which the devices hold them: (R, T, T)."""
    order = np.concatenate([own.numpy() for own in result.places])
    ends = np.cumsum([0, *map(len, result.places)])
    sight = order[:, None] >= order
    made = np.zeros((len(result.turns), len(order), len(order)), dtype=np.uint8)
    for r, turns in enumerate(result.turns):
        if r:
            made[r][made[r - 1] == 2] = 1
            made[r][made[r - 1] == 1] = 1
        for turn in turns:
            mine, theirs = slice(*ends[turn.holder : turn.holder + 2]), slice(*ends[turn.origin : turn.origin + 2])
            made[r][mine, theirs] = np.where(sight[mine, theirs], 2, 3)
    return made


def _ring(result: RingResult, numbers: Measurements) -> Figure:
    P = result.controls.devices
    held = np.array([[turn.origin for turn in turns] for turns in result.turns])
    T = sum(map(len, result.places))
    return Figure(
        title=f"Layer {result.controls.layer}: {T} tokens on {P} devices, round by round",
        caption=(
            "Queries stay, blocks of keys and values go round, clockwise. Right, strong colour: scores made in this"
            " round; fainter: already folded in; rows and columns in the order of the devices."
        ),
        text=(
            f"After {len(result.turns)} of {P} rounds the output differs from full attention by at most"
            f" {numbers['largest_difference_from_full_share']:.1e} of its largest number. Each device has passed on"
            f" {result.sent:,} bytes, and held {numbers['keys_held_share']:.0%} of the keys and values at a time."
        ),
        plot=ring(
            held,
            sheets(result),
            rounds=[str(r + 1) for r in range(len(held))],
            titles=("whose block where", f"{T} × {T} scores"),
        ),
        height=320,
        lines=["states[i] = fold(states[i], scores, v[..., theirs, :])"] * len(held),
        steps="round",
        start=min(1, len(held) - 1),
    )


def _bars(result: RingResult) -> Iterator[Span]:
    """Computing above, passing on below; a round ends when both have, and everybody with the slowest."""
    compute, pass_on = result.seconds
    start, full = 0.0, max(turn.pairs for turns in result.turns for turn in turns)
    for r, turns in enumerate(result.turns):
        last_round = r == len(result.turns) - 1
        for turn in turns:
            yield Span(turn.holder, start, compute * turn.pairs / full, "compute", f"block {turn.origin}: computed")
            if not last_round:
                yield Span(turn.holder, start, pass_on, "pass on′", f"block {turn.origin}: passed on")
        slowest = compute * max(turn.pairs for turn in turns) / full
        start += slowest if last_round else max(slowest, pass_on)


def _overlap(result: RingResult, numbers: Measurements) -> Figure:
    unit = result.seconds[0]
    every = [span._replace(start=span.start / unit, length=span.length / unit) for span in _bars(result)]
    return Figure(
        title="Who is busy, in times of one full block",
        caption="{accent|Computing} and, under it at the same time, {c2|passing on}. Gaps are waiting.",
        text=(
            f"With {result.controls.tokens:,} tokens a device the whole takes {numbers['time_over_computing']:.2f}"
            f" times the computing alone; under the causal mask devices idle {numbers['idle_share']:.0%} of the"
            " computing time."
        ),
        plot=spans(
            every,
            rows=[f"device {device}" for device in range(result.controls.devices)],
            colours={"compute": ACCENT, "pass on′": SERIES[1]},
            x_title="time of one full block",
        ),
        height=270,
        half=True,
    )


def _blocks(result: RingResult, numbers: Measurements) -> Figure:
    P = result.controls.devices

    def slowed(B: float) -> np.ndarray:
        compute, pass_on = np.array([block_seconds(c, 1.0, A100_FLOPS, B) for c in BLOCKS]).T
        return (compute + (P - 1) * np.maximum(compute, pass_on)) / (P * compute)

    drawn = curves(
        BLOCKS,
        {"300 GB/s": slowed(LINKS["within a machine"]), "25 GB/s": slowed(LINKS["between machines"])},
        x_title="tokens a device c",
        x_log=True,
        y_log=True,
        colours={"300 GB/s": SERIES[0], "25 GB/s": SERIES[1]},
        room=16,
    )
    drawn.layout.annotations = ()  # both end on 1
    drawn.update_yaxes(tickvals=[1, 3, 10, 30], ticktext=["1", "3", "10", "30"])
    drawn.update_xaxes(tickvals=[1e3, 1e4, 1e5], ticktext=["1k", "10k", "100k"])
    return Figure(
        title="Time, over that of computing alone",
        caption="Links of {c1|300} and {c2|25 GB a second}. At 1 passing on hides behind computing.",
        text=(
            f"On this link blocks of at least {numbers['smallest_hidden_block_tokens']:,.0f} tokens hide it: F / B,"
            " with 312 teraflops a device."
        ),
        plot=mark_x(drawn, result.controls.tokens, "c"),
        height=270,
        half=True,
    )
