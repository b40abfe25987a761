"""The three figures of attention sinks: loss along a stream, one map, and how a sink forms."""

from itertools import pairwise

import numpy as np

from app.experiments.attention.attention_sinks.run import (
    SinkResult,
)
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Drawn
from models.data.bigram_backcopy import LENGTH
from models.training.sinks import SNAPSHOTS
from visualizers.curve import apart, curves, mark_x
from visualizers.heads import large_map
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

EDGES = (8, 16, 24, 32, 40, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1023)
TICKS = (16, 64, 256, 1024)
HEIGHT, EDGE = 300, 58  # of the first figure, and what its axis and margins take


def figures(result: SinkResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"stream": _stream(result, numbers), "map": _map(result, numbers), "formation": _formation(result, numbers)},
        origins(result),
    )


def _stream(result: SinkResult, numbers: Measurements) -> Figure:
    stretches = list(pairwise(EDGES))
    drawn = {
        name: np.array([result.losses[name][a:b].mean().item() for a, b in stretches])
        for name in ("full cache", "window only", "others kept", "yours")
    }
    top, bottom = max(line.max() for line in drawn.values()), min(line.min() for line in drawn.values())
    plot = curves(
        [(a * b) ** 0.5 for a, b in stretches], drawn, x_title="place in the stream", x_log=True, room=84,
        y_range=(min(0.0, bottom) - 0.03 * top, 1.08 * top), markers=True,
        colours={"full cache": INK_3, "window only": SERIES[1], "others kept": SERIES[3], "yours": ACCENT},
    )  # fmt: skip
    plot.update_xaxes(tickvals=TICKS, ticktext=[str(tick) for tick in TICKS], tickangle=0)
    plot = apart(plot, HEIGHT - EDGE)
    return Figure(
        title="Loss along a stream, nats a symbol above the best possible",
        caption=(
            "{accent|Your cache} beside {c2|a window alone} and {c4|four other old tokens kept}, all of the same size,"
            " and {ink-3|a full cache}. The uprights: the cache is full; the longest text seen in training."
        ),
        text=(
            f"From place {2 * LENGTH} on, a symbol costs {numbers['excess_nats']:.2f} nats more than it must with your"
            f" cache, {numbers['window_only_excess_nats']:.2f} with a window alone,"
            f" {numbers['one_first_kept_excess_nats']:.2f} with one first token kept,"
            f" {numbers['others_kept_excess_nats']:.2f} with four others, {numbers['full_cache_excess_nats']:.2f} with"
            f" a full cache. A fact from beyond the cache is recalled {numbers['recall_beyond_cache']:.0%} of the time,"
            f" one inside it {numbers['recall_within_cache']:.0%}; chance is {numbers['chance']:.1%}."
        ),
        plot=mark_x(mark_x(plot, result.controls.slots, "full"), LENGTH, "trained"),
        height=HEIGHT,
    )


def _map(result: SinkResult, numbers: Measurements) -> Figure:
    return Figure(
        title="Who looks where" if result.controls.layers == 1 else "Who looks where, last layer",
        caption=(
            "A row is a symbol that looks. A, B and C are triggers: they look at the symbol before them, ? at the fact,"
            " a digit. All others have nothing to look for: the first column, and a little themselves."
        ),
        text=(
            f"Idle symbols spend {numbers['idle_share_on_first']:.0%} of their attention on the first symbol, triggers"
            f" {numbers['trigger_share_on_first']:.0%}."
        ),
        plot=large_map(result.attention.weights[0, 0].numpy(), result.labels),
        height=340,
        half=True,
    )


def _formation(result: SinkResult, numbers: Measurements) -> Figure:
    layers, steps = range(result.shares.shape[1]), np.array(SNAPSHOTS)
    colours = (ACCENT,) if len(layers) == 1 else (SERIES[1], ACCENT)
    shown = SNAPSHOTS[result.controls.trained]

    def strip(title: str, values: np.ndarray) -> Strip:
        high = max(1.05, 1.08 * float(values.max()))
        lines = {f"layer {layer}": (steps, values[:, layer]) for layer in layers}
        return Strip(title, lines, y_range=(-0.04, high), colours=colours)

    return Figure(
        title="How a sink forms",
        caption="While the first symbol draws more attention, what it gives grows shorter."
        + (" {accent|Second layer}, {c2|first layer}." if len(layers) == 2 else ""),
        text=(
            f"After {shown} steps the value of the first symbol is {numbers['first_value_norm_over_others']:.2f} times"
            f" as long as others; it was {result.norms[0, -1].item():.2f} after {SNAPSHOTS[0]}."
        ),
        plot=strips(
            [
                strip("attention of idle symbols on the first", result.shares.numpy()),
                strip("length of its value, over others’", result.norms.numpy()),
            ],
            x_title="training steps",
            marks={"shown": (shown, "left")},
            x_log=(100, 300, 1000, 4000),
        ),
        height=340,
        half=True,
    )


def origins(result: SinkResult) -> list[Drawn]:
    return [Drawn("map", origins_of(result.attention).weights, lambda w: w[0, 0])]
