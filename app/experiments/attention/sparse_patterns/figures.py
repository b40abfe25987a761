"""The three figures of sparse patterns: who looks at whom and how far news travels, the count, what is still read."""

import numpy as np

from app.experiments.attention.sparse_patterns.run import PatternResult
from app.experiments.base import Figure, Figures, Measurements
from visualizers.curve import curves
from visualizers.distribution import grouped_bars
from visualizers.pattern import pattern_and_hops
from visualizers.theme import ACCENT, INK_3


def figures(result: PatternResult, numbers: Measurements) -> Figures:
    return {"pattern": _pattern(result, numbers), "scores": _scores(result, numbers), "read": _read(result, numbers)}


def _pattern(result: PatternResult, numbers: Measurements) -> Figure:
    shown = result.parts if result.controls.attention == "sparse" else {}
    return Figure(
        title="The pattern, and how many layers news takes",
        caption="{c1|Window}, {c2|global} and {c3|random} cells. Right: strong where two tokens are many layers apart.",
        text=(
            f"{numbers['scores']:,.0f} of {numbers['full_scores']:,.0f} scores are counted"
            f" ({numbers['share_of_scores']:.0%}). From any token to any other it takes at most"
            f" {numbers['longest_path_hops']:g} layers; with the window alone"
            f" {numbers['longest_path_window_only_hops']:g}, with window and random links"
            f" {numbers['longest_path_with_random_hops']:g}."
        ),
        plot=pattern_and_hops(
            {name: cells.numpy() for name, cells in shown.items()}, result.allowed.numpy(), result.distance.numpy()
        ),
        height=330,
    )


def _scores(result: PatternResult, numbers: Measurements) -> Figure:
    lengths = np.array(list(result.scores))
    drawn = curves(
        lengths,
        {"n²": lengths.astype(float) ** 2, "yours": np.array(list(result.scores.values()), dtype=float)},
        x_title="tokens n",
        x_log=True,
        y_log=True,
        markers=True,
        colours={"n²": INK_3, "yours": ACCENT},
        room=50,
    )
    drawn.update_xaxes(tickvals=lengths, ticktext=list(map(str, lengths))).update_yaxes(dtick=1, tickformat="~s")
    return Figure(
        title="Scores for a text of n tokens",
        caption="Both axes are logarithmic: a line of slope 1 doubles with the text, of slope 2 quadruples.",
        text=f"Twice the text takes {numbers['scores_when_doubled_over']:.3g} times the scores.",
        plot=drawn,
        height=290,
        half=True,
    )


def _read(result: PatternResult, numbers: Measurements) -> Figure:
    readings = {name: reading for name, reading in result.readings.items() if name != "now"}
    drawn = grouped_bars(
        {
            "pairs judged right": np.array([reading.judged for reading in readings.values()]),
            "masked words found": np.array([reading.found for reading in readings.values()]),
        },
        labels=["full", "window", "+random", "+global", "all"],
    )
    return Figure(
        title="What the trained encoder still reads, share right",
        caption="{c1|Does the second text follow?}, told from the first token; {c2|masked words}, told from nearby.",
        text=(
            f"Your pattern judges {numbers['pairs_judged_right']:.0%} of the pairs rightly and finds"
            f" {numbers['masked_words_found']:.0%} of the masked words, full attention"
            f" {numbers['masked_words_found_by_full']:.0%}. The model was trained with full attention and not since."
        ),
        plot=drawn.update_yaxes(range=[0, 1.05]),
        height=290,
        half=True,
    )
