"""One sequence with its estimate and time constants, how far a measurement moves the estimate, and errors."""

import math

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.changing_pace.run import PaceResult
from app.provenance.origin import Plotted
from visualizers.distribution import grouped_bars
from visualizers.horizontal_bars import horizontal_bars
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
SEEN, TIMES, FLAG = "measured and estimated", "time constants, seconds", "1 in busy stretches"


SWUNG = "The states have left all bounds"


def figures(result: PaceResult, metrics: Measurements) -> Figures:
    return {
        "sequence": _sequence(result, metrics), "follow": _follow(result, metrics), "errors": _errors(result, metrics),
    }  # fmt: skip


def _sequence(result: PaceResult, metrics: Measurements) -> Figure:
    one = result.shown
    time = one.elapsed.cumsum(0).numpy()
    measured = (one.x[:, 0] - 0.5) * 5
    lines = {"truth": one.y, "measured": measured, "estimate": result.estimate}
    names = ["together", *(f"cell {cell + 1}" for cell in result.cells)]
    taus = torch.cat([result.longest[:, None], result.time_constants], -1)
    drawn = strips(
        [
            Strip(
                SEEN, {name: (time, line.numpy()) for name, line in lines.items()}, dots=False, picked="estimate",
                colours=(INK_3, SERIES[4], ACCENT),
            ),
            Strip(
                TIMES, {name: (time, taus[:, place].numpy()) for place, name in enumerate(names)}, log=True,
                colours=(ACCENT, *SERIES[1:]), picked="together",
            ),
            Strip(FLAG, {"busy": (time, one.busy.float().numpy())}, y_range=(-0.1, 1.1), dots=False, colours=(INK_3,)),
        ],
        x_title="seconds",
        marks={},
    )  # fmt: skip
    drawn.data[1].update(mode="markers", marker={"size": 6, "color": SERIES[4], "symbol": "circle-open"})
    drawn.data[6].line.shape = "hv"
    drawn.layout.yaxis2.update(tickmode="array", tickvals=TICKS, ticktext=[f"{tick:g}" for tick in TICKS])
    drawn.layout.yaxis3.update(tickmode="array", tickvals=[0, 1])
    slow, fast = metrics["quiet_effective_time_s"], metrics["busy_effective_time_s"]
    return Figure(
        title="One held-out sequence",
        caption=(
            f"{{trace:truth, {SEEN}|The truth}}, {{trace:measured, {SEEN}|measurements}} and"
            f" {{trace:estimate, {SEEN}|the estimate}}. In busy stretches the truth forgets fast, in quiet ones slowly."
            f" Middle: the longest effective time constant of {{trace:together, {TIMES}|all cells together}}, and two"
            " cells’ own."
        ),
        text=(
            f"Together, the cells keep a deviation for {slow:.2g} s in quiet stretches and {fast:.2g} s in busy ones"
            " (longest effective time constant, median). The two cells with the most weight have"
            f" {metrics['quiet_time_constant_s']:.2g} s and {metrics['busy_time_constant_s']:.2g} s of their own."
            if math.isfinite(slow) and math.isfinite(fast)
            else f"{SWUNG}: their cells have no time constant any more."
        ),
        plot=drawn,
        height=420,
        sources=[
            Plotted(result.estimate, trace=f"estimate, {SEEN}"),
            *(Plotted(taus[:, place], trace=f"{name}, {TIMES}") for place, name in enumerate(names)),
        ],
    )


def _follow(result: PaceResult, metrics: Measurements) -> Figure:
    series = {
        pace: torch.tensor([getattr(found, pace) for found in result.gains.values()]) for pace in ("quiet", "busy")
    }  # fmt: skip
    return Figure(
        title="How far the estimate moves per unit measured",
        caption="Mean over measurements in {trace:quiet|quiet} and in {trace:busy|busy} stretches.",
        text=(
            f"In busy stretches the liquid cells’ estimate moves {metrics['follow_busy_over_quiet']:.2f} times as far,"
            f" that of leaky cells {metrics['leaky_follow_busy_over_quiet']:.2f} times."
            if math.isfinite(metrics["follow_busy_over_quiet"])
            else f"{SWUNG}: no measurement moves the estimate by a number."
        ),
        plot=grouped_bars({name: line.numpy() for name, line in series.items()}, labels=list(result.gains)),
        height=260,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in series.items()],
    )


def _errors(result: PaceResult, metrics: Measurements) -> Figure:
    errors = torch.tensor(list(result.errors.values()), dtype=torch.double)
    return Figure(
        title="Mean squared error, held-out sequences",
        caption="Best possible: a filter that knows the pace, both rates and the noise.",
        text=(
            f"Leaky cells have {metrics['leaky_over_liquid']:.2f} times the error of the liquid cells, a GRU that is"
            f" given the gaps {metrics['gru_over_liquid']:.2f} times."
            if math.isfinite(metrics["squared_error"])
            else f"{SWUNG}: the liquid cells have no error that could be compared."
        ),
        plot=horizontal_bars(
            errors.numpy(), labels=list(result.errors), picked="liquid cells", as_="{:.3f}", left=110
        ),
        height=260,
        half=True,
        sources=[Plotted(errors, trace="values")],
    )  # fmt: skip
