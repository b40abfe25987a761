"""Attention here and moved along, what offset adds to a score, and answers by place, drawn."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.relative_positions.run import (
    RelativeResult,
)
from app.number_format import number
from app.provenance.origin import Computed, Drawn, computed
from app.provenance.views import placed, tiled
from models.attention.dot_product import attention_weights, masked
from models.attention.masks import causal_mask
from models.interpretability.head_patterns import mean_by_offset
from models.position.offset_reader import OffsetReaderTrace, relative_scores
from visualizers.curve import apart, curves, mark_x
from visualizers.matrix import GAP, tiles
from visualizers.theme import ACCENT, SERIES

WINDOW = 8


def figures(result: RelativeResult, measured: Measurements) -> Figures:
    return with_sources(
        {"moved": _moved(result, measured), "offset": _offset(result, measured), "length": _length(result, measured)},
        origins(result),
    )


def _moved(result: RelativeResult, measured: Measurements) -> Figure:
    c, found = result.controls, result.readings[result.controls.scheme]
    maps = torch.stack([found.here.weights, found.there.weights])[None].numpy()
    return Figure(
        title=f"One text, and the same text {c.moved} places further on",
        caption=f"Who heeds whom, {{seq|0 to 1}}, by {c.scheme}. A relative scheme draws the same map twice.",
        text=(
            "Moving the text changes a score by up to"
            f" {number(measured['change_of_scores_by_moving'])} of their spread;"
            f" {measured['right_when_moved_percent']:.0f} % of the answers are right there."
        ),
        plot=tiles(maps, row_labels=[""], column_labels=["here", f"{c.moved} further"]),
        height=250,
        half=True,
    )


def _offset(result: RelativeResult, measured: Measurements) -> Figure:
    c, found = result.controls, result.readings[result.controls.scheme]
    score, weight = found.score.numpy(), mean_by_offset(found.weights).numpy()
    lines = {"score": (score - score.min()) / max(float(np.ptp(score)), 1e-9), "weight": weight}
    count = max(len(y) for y in lines.values())
    drawn = curves(
        np.arange(count), lines, x_title="offset i − j, tokens back",
        colours={"weight": ACCENT, "score": SERIES[1]}, markers=True, room=52,
    )  # fmt: skip
    drawn.update_yaxes(range=[-0.05, 1.2])
    apart(drawn, 190)
    return Figure(
        title="What an offset is worth",
        caption="{accent|Mean weight} by offset; {c2|mean score}, from its lowest to its highest.",
        text=f"The token {c.back} back gets {measured['mean_weight_on_the_right_token']:.2f} of the weight on average.",
        plot=mark_x(drawn, c.back, f"{c.back} back"),
        height=250,
        half=True,
    )


def _length(result: RelativeResult, measured: Measurements) -> Figure:
    c = result.controls
    lines = {}
    for name, reading in result.readings.items():
        lines[name] = 100 * reading.right.unflatten(0, (-1, WINDOW)).nanmean(dim=1).numpy()
    middles = (np.arange(len(next(iter(lines.values())))) + 0.5) * WINDOW
    drawn = curves(
        middles, lines, x_title="place in the text, tokens", markers=True, room=92,
        colours=dict(zip(lines, (ACCENT, SERIES[1]))),
    )  # fmt: skip
    drawn.update_yaxes(range=[0, 112])
    apart(drawn, 180)
    trained = 24
    return Figure(
        title="Right answers by place, percent",
        caption=f"Trained just now on texts of {trained} tokens, read on longer ones; chance is 12.5.",
        text=(
            f"After {result.step} steps {c.scheme} is right in"
            f" {measured['right_within_the_trained_length_percent']:.0f} % of the places within the trained length and"
            f" in {measured['right_past_the_trained_length_percent']:.0f} % past it."
        ),
        plot=mark_x(drawn, trained, f"trained to {trained}"),
        height=240,
    )


def heeded(trace: OffsetReaderTrace) -> Computed:
    scores = Computed(trace.scores, relative_scores, {"q": trace.q, "k": trace.k, "added": trace.added})
    seen = computed(masked, scores=scores, mask=causal_mask(len(trace.scores)))
    return Computed(trace.weights, attention_weights, {"scores": seen})


def origins(result: RelativeResult) -> list[Drawn]:
    found = result.readings[result.controls.scheme]
    here, there = heeded(found.here), heeded(found.there)
    return [
        Drawn("moved", here, lambda w: tiled(placed(w, 0, 2)[None], GAP), unit=None),
        Drawn("moved", there, lambda w: tiled(placed(w, 1, 2)[None], GAP), unit=None),
        Drawn("offset", computed(mean_by_offset, w=here), trace=1),
    ]
