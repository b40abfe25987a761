"""Attention here and moved along, what offset adds to a score, and answers by place, drawn."""

from typing import TYPE_CHECKING

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.measurements import number
from models.attention.head_patterns import mean_by_offset
from visualizers.curve import apart, curves, mark_x
from visualizers.matrix import tiles
from visualizers.theme import ACCENT, SERIES

if TYPE_CHECKING:
    from app.experiments.position.relative import RelativeResult

WINDOW = 8


def draw(result: "RelativeResult", measured: Measurements) -> Figures:
    return {"moved": _moved(result, measured), "offset": _offset(result, measured), "length": _length(result, measured)}


def _moved(result: "RelativeResult", measured: Measurements) -> Figure:
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


def _offset(result: "RelativeResult", measured: Measurements) -> Figure:
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


def _length(result: "RelativeResult", measured: Measurements) -> Figure:
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
