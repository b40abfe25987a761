"""The three figures of expert parallelism: the all-to-all, who waits for whom, what a capacity limit buys."""

from collections.abc import Callable, Iterator

import numpy as np

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.expert_parallelism.run import FACTORS, ExpertParallelismResult, Limited, costs
from app.provenance.origin import Drawn, computed
from models.routing.expert_parallel import (
    step_time,
)
from visualizers.matrix import heatmap
from visualizers.spans import Span, spans
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK, MARK, SERIES, STAGE


def figures(result: ExpertParallelismResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"traffic": _traffic(result, numbers), "times": _times(result, numbers), "room": _room(result, numbers)},
        origins(result),
    )


def _traffic(result: ExpertParallelismResult, numbers: Measurements) -> Figure:
    M = result.here.M.numpy()
    names = [str(device) for device in range(len(M))]
    drawn = heatmap(M, rows=names, columns=names, row_title="from device", column_title="to device")
    high = M.max()
    for i, row in enumerate(M):
        for j, count in enumerate(row):
            drawn.add_annotation(
                x=j, y=i, text=str(count), showarrow=False, font={"color": STAGE if count > 0.5 * high else INK}
            )
    return Figure(
        title="All-to-all: copies of tokens from device to device",
        caption="Column: the device of the expert. On the diagonal nothing travels; answers go back the same way.",
        text=(
            f"Of {M.sum():,} copies {numbers['moved_share']:.1%} leave their device. With experts of this size a"
            f" device sends up to {numbers['largest_sent_by_a_device_bytes'] / 1e6:.1f} MB before the experts and as"
            " much after."
        ),
        plot=drawn.update_layout(margin={"l": 50}),
        height=280,
        half=True,
    )


def _bars(result: ExpertParallelismResult) -> Iterator[Span]:
    """Each device sends, waits for the slowest, computes, waits, sends back."""
    send, compute, back = (1e6 * part.numpy() for part in result.here.time)
    for device in range(len(send)):
        starts = (0.0, send.max(), send.max() + compute.max())
        for start, took, kind in zip(starts, (send, compute, back), ("travel", "compute", "travel")):
            yield Span(device, start, float(took[device]), kind, f"device {device}: {kind}")
            idle = float(took.max() - took[device])
            yield Span(device, start + float(took[device]), idle, "wait", f"device {device}: waits")


def _times(result: ExpertParallelismResult, numbers: Measurements) -> Figure:
    every = list(_bars(result))
    P = len(result.here.M)
    return Figure(
        title="One layer, by device",
        caption="{c2|Tokens travel}, {accent|experts compute}, tokens travel back; {mark|waiting} for the slowest.",
        text=(
            f"The busiest device computes {numbers['busiest_device_over_even']:.2f} times an even share; the layer"
            f" takes {numbers['time_over_even']:.2f} times as long as with an even load, and"
            f" {numbers['traffic_share_of_time']:.0%} of that is traffic."
        ),
        plot=spans(
            every,
            rows=[f"device {device}" for device in range(P)],
            colours={"travel": SERIES[1], "compute": ACCENT, "wait": MARK},
            x_title="simulated microseconds",
        ),
        height=280,
        half=True,
    )


def _room(result: ExpertParallelismResult, numbers: Measurements) -> Figure:
    factors, even = np.array(FACTORS), result.even.total
    named = {"on": "balanced", "off": "not balanced"}

    def lines(value: Callable[["Limited"], float]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {named[way]: (factors, np.array(list(map(value, row)))) for way, row in result.by_factor.items()}

    return Figure(
        title="Room of an expert: time against tokens turned away",
        caption="Router trained {c1|with} and {c2|without a balancing loss}. A tight limit leaves work out.",
        text=(
            f"At a factor of {result.controls.capacity_factor:g}, {numbers['dropped_share']:.1%} of the copies are"
            f" dropped. A layer at full room takes {result.by_factor['on'][-1].time.total / even:.2f} times an even"
            f" load’s time with balancing and {result.by_factor['off'][-1].time.total / even:.2f} times without."
        ),
        plot=strips(
            [
                Strip("time of the layer, times that of an even load", lines(lambda one: one.time.total / even)),
                Strip("copies dropped, %", lines(lambda one: 100 * one.dropped_share)),
            ],
            x_title="capacity factor",
            marks={"yours": (result.controls.capacity_factor, "left")},
        ),
        height=330,
    )


def origins(result: ExpertParallelismResult) -> list[Drawn]:
    M, given = result.here.M, costs(result.controls)
    send, compute = (computed(step_time, part, M=M, **given) for part in (0, 1))
    some = [part.tensor > 0 for part in (send, compute)]  # a span of no length is not drawn
    return [
        Drawn("traffic", M),
        Drawn("times", compute, lambda t: t[some[1]], trace=1, unit=1e6),
        Drawn("times", send, lambda t: t[some[0]].repeat_interleave(2), trace=0, unit=1e6),  # there and back
    ]
