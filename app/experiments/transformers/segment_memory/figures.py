"""Accuracy across a segment, accuracy by the distance of the answer, and how far back any token changes the output."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.segment_memory.run import BANDS, MemoryResult
from app.provenance.origin import Plotted
from models.transformer.segments import SEGMENT
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, SERIES


def figures(result: MemoryResult, metrics: Measurements) -> Figures:
    return {
        "segment": _segment(result, metrics),
        "distance": _distance(result, metrics),
        "reach": _reach(result, metrics),
    }


def _words(result: MemoryResult) -> str:
    c = result.controls
    cache = "no cache" if not c.length else f"a cache of {c.length} tokens {c.cache}"
    return f"{cache}, {c.positions} positions" if c.trained == "with a cache" else f"{cache}, trained without one"


def _segment(result: MemoryResult, metrics: Measurements) -> Figure:
    x = np.arange(1, SEGMENT + 1)
    lines = {"without": 100 * result.without.by_position.numpy(), "shown": 100 * result.chosen.by_position.numpy()}
    plot = curves(x, lines, x_title="token of the segment", y_range=(-4, 106), markers=True, room=64,
                  colours={"without": SERIES[1], "shown": ACCENT})  # fmt: skip
    return Figure(
        title="Questions answered right, by their place in the segment, %",
        caption=(
            f"{{accent|Shown}}: {_words(result)}. {{c2|Without}}: trained and run without a cache. The text goes on"
            " across segments; only the model's memory ends."
        ),
        text=(
            f"In the first four tokens of a segment {metrics['start_accuracy']:.0%} of the questions are right, and"
            f" {metrics['start_accuracy_without_cache']:.0%} without a cache."
        ),
        plot=apart(plot, 200),
        height=260,
    )


def _distance(result: MemoryResult, metrics: Measurements) -> Figure:
    x = np.array([(low + high - 1) / 2 for low, high in BANDS])
    lines = {"without": 100 * result.without.by_distance.numpy(), "shown": 100 * result.chosen.by_distance.numpy()}
    plot = curves(x, lines, x_title="tokens since the move asked for", y_range=(-4, 106), markers=True, room=60,
                  colours={"without": SERIES[1], "shown": ACCENT})  # fmt: skip
    return Figure(
        title="Questions right by distance, %",
        caption="Each point: distances of eight tokens together. Guessing among six places gives 17 %.",
        text=(
            f"More than half of the questions are right up to {metrics['useful_reach_tokens']:.0f} tokens after a move;"
            f" at 33 to 48 tokens {metrics['far_accuracy']:.0%} are."
        ),
        plot=apart(plot, 230),
        height=300,
        half=True,
    )


def _reach(result: MemoryResult, metrics: Measurements) -> Figure:
    lines = {"change": result.influence.numpy().astype(float), "gradient": result.gradient.numpy().astype(float)}
    for line in lines.values():
        line[line <= 1e-6] = np.nan
    plot = curves(np.arange(len(result.influence)), lines, x_title="tokens back", y_log=True, room=12,
                  colours={"change": ACCENT, "gradient": SERIES[1]})  # fmt: skip
    plot.layout.annotations = ()
    plot.update_yaxes(tickvals=[1, 1e-2, 1e-4, 1e-6], ticktext=["1", "0.01", "0.0001", "0.000001"])
    return Figure(
        title="Reach of the last output, forward and in training",
        caption=(
            "{accent|Change}: one token is exchanged, the largest change of a logit. {c2|Gradient} by that token. Where"
            " no line is drawn, it is zero."
        ),
        text=(
            f"Tokens up to {metrics['reach_tokens']:.0f} back change the output. The gradient across the cache is"
            f" {metrics['gradient_across_the_cache']:.2g}; inside the segment it reaches"
            f" {metrics['gradient_in_the_segment']:.2g}. The useful reach, in the accuracy by distance, is less than"
            " that of a change."
        ),
        plot=mark_x(plot, SEGMENT - 1, "segment"),
        height=300,
        half=True,
        sources=[Plotted(result.gradient.where(result.gradient > 1e-6, torch.nan), trace="gradient")],
    )
