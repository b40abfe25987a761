"""The three figures of expert parallelism: the all-to-all, who waits for whom, what a capacity limit buys."""

from collections.abc import Callable, Iterator

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.expert_parallelism.run import FACTORS, ExpertParallelismResult, Limited, costs
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.routing.expert_parallel import (
    step_time,
)
from visualizers.matrix import heatmap
from visualizers.spans import Span, spans
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK, MARK, SERIES, STAGE


def figures(result: ExpertParallelismResult, metrics: Measurements) -> Figures:
    return {
        "traffic": _traffic(result, metrics),
        "times": _times(result, metrics),
        "capacity": _capacity(result, metrics),
    }


def _traffic(result: ExpertParallelismResult, metrics: Measurements) -> Figure:
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
        caption="Rows: home of the token. Columns: device of the expert. On the diagonal nothing travels.",
        text=(
            f"{metrics['moved_copies_share']:.1%} of {number(int(M.sum()))} copies leave their device. The busiest"
            f" sends {metrics['largest_sent_by_a_device_bytes'] / 1e6:.1f} MB, and gets as much back."
        ),
        plot=drawn.update_layout(margin={"l": 50}),
        height=280,
        half=True,
        sources=[Plotted(result.here.M)],
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


def _times(result: ExpertParallelismResult, metrics: Measurements) -> Figure:
    every = list(_bars(result))
    M, given = result.here.M, costs(result.controls)
    P = len(M)
    send, compute = (computed(step_time, part, M=M, **given) for part in (0, 1))
    sent, worked = (part.tensor > 0 for part in (send, compute))  # a span of no length is not drawn
    return Figure(
        title="One layer, by device",
        caption="{c2|Tokens travel}, {accent|experts compute}, tokens travel back; {mark|waiting} for the slowest.",
        text=(
            f"The layer takes {metrics['time_over_uniform']:.2f} times as long as with a uniform load;"
            f" {metrics['traffic_share_of_time']:.0%} of the time is traffic."
        ),
        plot=spans(
            every,
            rows=[f"device {device}" for device in range(P)],
            colours={"travel": SERIES[1], "compute": ACCENT, "wait": MARK},
            x_title="simulated microseconds",
        ),
        height=280,
        half=True,
        sources=[
            Plotted(compute, lambda t: t[worked], trace="compute", unit=1e6),
            Plotted(send, lambda t: t[sent].repeat_interleave(2), trace="travel", unit=1e6),  # there and back
        ],
    )


def _capacity(result: ExpertParallelismResult, metrics: Measurements) -> Figure:
    factors, uniform = np.array(FACTORS), result.uniform.total
    named = {"on": "balanced", "off": "not balanced"}

    whole = {way: row[-1].time.total / uniform for way, row in result.by_factor.items()}

    def lines(value: Callable[["Limited"], float]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {named[way]: (factors, np.array(list(map(value, row)))) for way, row in result.by_factor.items()}

    return Figure(
        title="Capacity: time against dropped copies",
        caption="Router trained {c1|with} and {c2|without a balancing loss}. Low capacity saves time by dropping work.",
        text=(
            f"At a factor of {result.controls.capacity_factor:g}, {metrics['dropped_share']:.1%} of the copies are"
            f" dropped. Without a limit the layer takes {whole['on']:.2f} times a uniform load’s time with balancing,"
            f" and {whole['off']:.2f} times without."
        ),
        plot=strips(
            [
                Strip("time of the layer over that of a uniform load", lines(lambda one: one.time.total / uniform)),
                Strip("copies dropped, %", lines(lambda one: 100 * one.dropped_share)),
            ],
            x_title="capacity factor",
            marks={"yours": (result.controls.capacity_factor, "left")},
        ),
        height=330,
    )
