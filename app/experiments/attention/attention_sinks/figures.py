"""The three figures of attention sinks: loss along a stream, one map, and how a sink forms."""

from itertools import pairwise

import numpy as np

from app.experiments.attention.attention_sinks.published import PublishedSinks
from app.experiments.attention.attention_sinks.published_figures import published_figures
from app.experiments.attention.attention_sinks.run import (
    SinkResult,
)
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Plotted
from models.data.bigram_backcopy import LENGTH
from models.training.sinks import SNAPSHOTS
from visualizers.curve import apart, curves, mark_x
from visualizers.heads import large_map
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

EDGES = (8, 16, 24, 32, 40, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1023)
TICKS = (16, 64, 256, 1024)
HEIGHT, EDGE = 300, 58  # of the first figure, and what its axis and margins take


def figures(result: SinkResult | PublishedSinks, metrics: Measurements) -> Figures:
    if isinstance(result, PublishedSinks):
        return published_figures(result, metrics)
    return {
        "stream": _stream(result, metrics),
        "map": _map(result, metrics),
        "formation": _formation(result, metrics),
    }


def _stream(result: SinkResult, metrics: Measurements) -> Figure:
    stretches = list(pairwise(EDGES))
    drawn = {
        name: np.array([result.losses[name][a:b].mean().item() for a, b in stretches])
        for name in ("full cache", "window only", "others kept", "yours")
    }
    top, bottom = max(line.max() for line in drawn.values()), min(line.min() for line in drawn.values())
    plot = curves(
        [(a * b) ** 0.5 for a, b in stretches], drawn, x_title="position in the stream", x_log=True, room=84,
        y_range=(min(0.0, bottom) - 0.03 * top, 1.08 * top), markers=True,
        colours={"full cache": INK_3, "window only": SERIES[1], "others kept": SERIES[3], "yours": ACCENT},
    )  # fmt: skip
    plot.update_xaxes(tickvals=TICKS, ticktext=[str(tick) for tick in TICKS], tickangle=0)
    plot = apart(plot, HEIGHT - EDGE)
    return Figure(
        title="Loss along a stream, nats per symbol above the best possible",
        caption=(
            "{accent|Your cache}, {c2|a window alone} and {c4|four other old tokens kept}, all of the same size, and"
            " {ink-3|a full cache}. Vertical lines: the cache is full; the length of the training texts."
        ),
        text=(
            f"From position {2 * LENGTH} on, your cache is {metrics['excess_nats']:.2f} nats per symbol above the best"
            f" possible; a window alone is {metrics['window_only_excess_nats']:.2f}."
            f" A fact from beyond the cache is recalled {metrics['recall_beyond_cache']:.0%} of the time; chance is"
            f" {metrics['chance']:.1%}."
        ),
        plot=mark_x(mark_x(plot, result.controls.slots, "full"), LENGTH, "trained"),
        height=HEIGHT,
    )


def _map(result: SinkResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Attention weights" if result.controls.layers == 1 else "Attention weights, last layer",
        caption=(
            "Rows are queries, columns are keys. A, B and C are triggers: they attend to the symbol before them, ? to"
            " the fact, a digit. All others attend to the first symbol."
        ),
        text=(
            f"Idle symbols put {metrics['idle_share_on_first']:.0%} of their attention on the first symbol, triggers"
            f" {metrics['trigger_share_on_first']:.0%}."
        ),
        plot=large_map(result.attention.weights[0, 0].numpy(), result.labels),
        height=340,
        half=True,
        sources=[Plotted(origins_of(result.attention).weights, lambda w: w[0, 0])],
    )


def _formation(result: SinkResult, metrics: Measurements) -> Figure:
    layers, steps = range(result.shares.shape[1]), np.array(SNAPSHOTS)
    colours = (ACCENT,) if len(layers) == 1 else (SERIES[1], ACCENT)
    shown = SNAPSHOTS[result.controls.trained]

    def strip(title: str, values: np.ndarray) -> Strip:
        high = max(1.05, 1.08 * float(values.max()))
        lines = {f"layer {layer}": (steps, values[:, layer]) for layer in layers}
        return Strip(title, lines, y_range=(-0.04, high), colours=colours)

    return Figure(
        title="How a sink forms",
        caption="As the first symbol receives more attention, its value vector becomes shorter."
        + (" {accent|Second layer}, {c2|first layer}." if len(layers) == 2 else ""),
        text=(
            f"After {shown} steps the value of the first symbol is {metrics['first_value_norm_over_others']:.2f} times"
            f" as long as others."
        ),
        plot=strips(
            [
                strip("attention of idle symbols on the first", result.shares.numpy()),
                strip("length of its value, over that of others", result.norms.numpy()),
            ],
            x_title="training steps",
            marks={"shown": (shown, "left")},
            x_log=(100, 300, 1000, 4000),
        ),
        height=340,
        half=True,
    )
