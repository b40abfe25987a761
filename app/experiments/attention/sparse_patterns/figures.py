"""The three figures of sparse patterns: the pattern and its paths, the count of scores, what is still read."""

import numpy as np

from app.experiments.attention.sparse_patterns.run import PatternResult
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from visualizers.curve import curves
from visualizers.distribution import grouped_bars
from visualizers.pattern import pattern_and_hops
from visualizers.theme import ACCENT, INK_3


def figures(result: PatternResult, metrics: Measurements) -> Figures:
    return {"pattern": _pattern(result, metrics), "scores": _scores(result, metrics), "read": _read(result, metrics)}


def _pattern(result: PatternResult, metrics: Measurements) -> Figure:
    shown = result.parts if result.controls.attention == "sparse" else {}
    return Figure(
        title="The pattern, and how many layers information takes",
        caption=(
            "Left: {c1|window}, {c2|global} and {c3|random} cells. Right: the stronger, the more layers from one"
            " token to another."
        ),
        text=(
            f"{number(metrics['scores'])} of {number(metrics['full_scores'])} scores are computed"
            f" ({metrics['share_of_scores']:.0%}). Between any two tokens information takes at most"
            f" {number(metrics['longest_path_hops'])} layers; with the window alone"
            f" {number(metrics['longest_path_window_only_hops'])}."
        ),
        plot=pattern_and_hops(
            {name: cells.numpy() for name, cells in shown.items()}, result.allowed.numpy(), result.distance.numpy()
        ),
        height=330,
    )


def _scores(result: PatternResult, metrics: Measurements) -> Figure:
    lengths = np.array(list(result.scores))
    drawn = curves(
        lengths,
        {"n²": lengths.astype(float) ** 2, "pattern": np.array(list(result.scores.values()), dtype=float)},
        x_title="tokens n",
        x_log=True,
        y_log=True,
        markers=True,
        colours={"n²": INK_3, "pattern": ACCENT},
        room=50,
    )
    drawn.update_xaxes(tickvals=lengths, ticktext=list(map(str, lengths))).update_yaxes(dtick=1, tickformat="~s")
    return Figure(
        title="Scores for a text of n tokens",
        caption="Logarithmic axes: {trace:pattern|the pattern} has slope 1, {trace:n²|full attention} 2.",
        text=(
            f"Twice the text takes {number(metrics['scores_when_doubled_over'])} times the scores, counted at 64"
            f" and 128."
        ),
        plot=drawn,
        height=290,
        half=True,
    )


LABELS = {
    "full": "full",
    "window": "window",
    "and random": "+random",
    "and global": "+global",
    "all three": "all three",
}


def _read(result: PatternResult, metrics: Measurements) -> Figure:
    readings = {name: reading for name, reading in result.readings.items() if name != "now"}
    drawn = grouped_bars(
        {
            "pairs judged correctly": np.array([reading.judged for reading in readings.values()]),
            "masked words predicted": np.array([reading.found for reading in readings.values()]),
        },
        labels=[LABELS.get(name, name) for name in readings],
    )
    return Figure(
        title="What the trained encoder still reads, share correct",
        caption=(
            "{trace:pairs judged correctly|Does the second text follow}, read off the first token;"
            " {trace:masked words predicted|masked words}."
        ),
        text=(
            f"This pattern judges {metrics['pairs_judged_right']:.0%} of the pairs correctly and predicts"
            f" {metrics['masked_words_found']:.0%} of the masked words, full attention"
            f" {metrics['masked_words_found_by_full']:.0%}. The model was trained with full attention only."
        ),
        plot=drawn.update_yaxes(range=[0, 1.05]),
        height=290,
        half=True,
    )
