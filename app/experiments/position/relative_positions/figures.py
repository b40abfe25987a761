"""Attention on a text and on the same text moved, what an offset adds to a score, and answers by position, drawn."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.relative_positions.run import TRAINED, RelativeResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from app.provenance.views import placed, tiled
from models.attention.dot_product import attention_weights, masked
from models.attention.masks import causal_mask
from models.interpretability.head_patterns import mean_by_offset
from models.position.offset_reader import OffsetReaderTrace, relative_scores
from visualizers.curve import apart, curves, mark_x
from visualizers.matrix import GAP, tiles
from visualizers.theme import ACCENT, SERIES

WINDOW = 8


def figures(result: RelativeResult, metrics: Measurements) -> Figures:
    found = result.readings[result.controls.scheme]
    here, there = weights_of(found.here), weights_of(found.there)
    return {
        "moved": _moved(result, metrics, here, there),
        "offset": _offset(result, metrics, here),
        "length": _length(result, metrics),
    }


def weights_of(trace: OffsetReaderTrace) -> Computed:
    scores = Computed(trace.scores, relative_scores, {"q": trace.q, "k": trace.k, "added": trace.added})
    visible = computed(masked, scores=scores, mask=causal_mask(len(trace.scores)))
    return Computed(trace.weights, attention_weights, {"scores": visible})


def first_tile(w: Tensor) -> Tensor:
    return tiled(placed(w, 0, 2)[None], GAP)


def second_tile(w: Tensor) -> Tensor:
    return tiled(placed(w, 1, 2)[None], GAP)


def _moved(result: RelativeResult, metrics: Measurements, here: Computed, there: Computed) -> Figure:
    c = result.controls
    maps = torch.stack([here.tensor, there.tensor])[None].numpy()
    return Figure(
        title=f"Attention on a text, and on the same text {c.moved} positions further on",
        caption=f"Rows are queries, columns keys, {{seq|0 to 1}}; {c.scheme}. A relative scheme gives equal maps.",
        text=(
            "Moving the text changes a score by up to"
            f" {number(metrics['change_of_scores_by_moving'])} of the spread of scores. Moved,"
            f" {metrics['right_when_moved_percent']:.0f} % of the answers are right."
        ),
        plot=tiles(maps, row_labels=[""], column_labels=["here", f"{c.moved} further"]),
        height=250,
        half=True,
        sources=[Plotted(here, first_tile, "tiles", unit=None), Plotted(there, second_tile, "tiles", unit=None)],
    )


def _offset(result: RelativeResult, metrics: Measurements, here: Computed) -> Figure:
    c, found = result.controls, result.readings[result.controls.scheme]
    mean = computed(mean_by_offset, w=here)
    score, weight = found.score.numpy(), mean.tensor.numpy()
    lines = {"score": (score - score.min()) / max(float(np.ptp(score)), 1e-9), "weight": weight}
    count = max(len(y) for y in lines.values())
    drawn = curves(
        np.arange(count), lines, x_title="offset i − j, tokens back",
        colours={"weight": ACCENT, "score": SERIES[1]}, markers=True, room=52,
    )  # fmt: skip
    drawn.update_yaxes(range=[-0.05, 1.2])
    apart(drawn, 190)
    return Figure(
        title="Weight and score by offset",
        caption="{accent|Mean weight}; {c2|mean score}, scaled from its lowest to its highest.",
        text=f"The token {c.back} back gets {metrics['mean_weight_on_the_right_token']:.2f} of the weight on average.",
        plot=mark_x(drawn, c.back, f"{c.back} back"),
        height=250,
        half=True,
        sources=[Plotted(mean, trace="weight")],
    )


def _length(result: RelativeResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines = {}
    for name, reading in result.readings.items():
        lines[name] = 100 * reading.right.unflatten(0, (-1, WINDOW)).nanmean(dim=1).numpy()
    middles = (np.arange(len(next(iter(lines.values())))) + 0.5) * WINDOW
    drawn = curves(
        middles, lines, x_title="position in the text, tokens", markers=True, room=92,
        colours=dict(zip(lines, (ACCENT, SERIES[1]))),
    )  # fmt: skip
    drawn.update_yaxes(range=[0, 112])
    apart(drawn, 180)
    return Figure(
        title="Right answers by position, %",
        caption=f"Trained just now on texts of {TRAINED} tokens, read on longer ones. Chance is 12.5 %.",
        text=(
            f"After {result.step} steps, with {c.scheme},"
            f" {metrics['right_within_the_trained_length_percent']:.0f} % of the answers are right within the trained"
            f" length and {metrics['right_past_the_trained_length_percent']:.0f} % past it."
        ),
        plot=mark_x(drawn, TRAINED, f"trained to {TRAINED}"),
        height=240,
    )
