"""The three figures of three scores: their maps side by side, what they learn, and how they grow."""

from functools import partial

import numpy as np
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.attention.score_kinds.run import ACTIVATIONS, KINDS, LENGTHS, SHOWN, STEPS, ScoreKindResult
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Computed, Plotted
from models.attention.additive import additive_score, bilinear_score, dot_score
from visualizers.curve import apart, curves
from visualizers.matrix import heatmap
from visualizers.theme import SERIES, note

COLOURS = dict(zip(KINDS, SERIES, strict=False))


def figures(result: ScoreKindResult, metrics: Measurements) -> Figures:
    return {
        "scores": _scores(result, metrics),
        "learning": _learning(result, metrics),
        "growth": _growth(result, metrics),
    }


def _scores(result: ScoreKindResult, metrics: Measurements) -> Figure:
    maps = {kind: values.numpy() for kind, values in result.scores.items()}
    sheet = np.full((SHOWN, 3 * SHOWN + 2), np.nan)
    for place, values in enumerate(maps.values()):  # each on its own scale: only its pattern can be compared
        left = place * (SHOWN + 1)
        sheet[:, left : left + SHOWN] = values / max(np.abs(values).max(), 1e-9)
    names = lambda letter: [f"{letter}{number + 1}" for number in range(SHOWN)]
    keys = names("k")
    drawn = heatmap(
        sheet,
        rows=names("q"),
        columns=[*keys, "", *keys, "", *keys],
        signed=True,
        row_title="query",
        column_title="key",
    )
    drawn.data[0].update(hoverongaps=False)
    drawn.update_layout(margin={"t": 26, "l": 44})
    for place, kind in enumerate(maps):
        middle = place * (SHOWN + 1) + (SHOWN - 1) / 2
        drawn.add_annotation(**note(middle, 1, kind, yref="paper", yanchor="bottom", yshift=4))
    q, k = result.shown
    w, *network = result.weights
    w_q, w_k, c, u = network
    both = {"q": q, "k": k}
    rest = {"w_q": w_q, "w_k": w_k, "c": c, "u": u, "activation": ACTIVATIONS[result.controls.activation]}
    computed = {
        "dot product": Computed(result.scores["dot product"], dot_score, both),
        "bilinear": Computed(result.scores["bilinear"], bilinear_score, both | {"w": w}),
        "additive": Computed(result.scores["additive"], additive_score, both | rest),
    }
    return Figure(
        title="Scores of held-out queries and keys",
        caption="The partner of q1 is k1, of q2 is k2: a score that finds them has a brown diagonal. Scales differ.",
        text=(
            f"The partner scores highest for {metrics['dot_found_percent']:.0f} % of queries by dot product, for"
            f" {metrics['bilinear_found_percent']:.0f} % by the bilinear and {metrics['additive_found_percent']:.0f} %"
            " by the additive score."
        ),
        plot=drawn,
        height=290,
        sources=[Plotted(computed[kind], partial(_beside, place), unit=None) for place, kind in enumerate(KINDS)],
    )


def _beside(place: int, scores: Tensor) -> Tensor:
    """The map of one kind where it stands in the sheet of all three."""
    return pad(scores, (place * (SHOWN + 1), (2 - place) * (SHOWN + 1)))


def _learning(result: ScoreKindResult, metrics: Measurements) -> Figure:
    lines = {kind: np.array([found[place] for found in result.progress.snapshots]) for place, kind in enumerate(KINDS)}
    drawn = curves(
        result.progress.taken,
        lines,
        x_title="training steps",
        y_range=(0, 104),
        markers=True,
        colours=COLOURS,
        room=84,
    )
    drawn.update_xaxes(range=(-8, STEPS + 8))
    return Figure(
        title="Held-out partners found, %",
        caption="The dot product has nothing to learn. Of 8 keys, a guess finds 12.5 %.",
        text=(
            f"After {metrics['steps_trained']:.0f} steps on {result.controls.pairs} pairs the bilinear score finds"
            f" {metrics['bilinear_found_percent']:.0f} %, the additive score {metrics['additive_found_percent']:.0f} %."
        ),
        plot=apart(drawn, 200),
        height=270,
        half=True,
    )


def _growth(result: ScoreKindResult, metrics: Measurements) -> Figure:
    lines = {kind: values.numpy() for kind, values in result.grown.items()}
    drawn = curves(
        LENGTHS, lines, x_title="length of queries, relative", x_log=True, y_log=True, markers=True, colours=COLOURS,
        room=84,
    )  # fmt: skip
    drawn.update_xaxes(tickmode="array", tickvals=LENGTHS, ticktext=[f"{x:g}" for x in LENGTHS])
    drawn.update_yaxes(dtick=1, exponentformat="power")
    return Figure(
        title="Largest score, as queries get longer",
        caption="Products grow with the length of a query. The tanh of the additive score saturates.",
        text=(
            f"With queries 16 times as long the largest additive score is {metrics['additive_growth']:.3g} times as"
            f" large, the largest bilinear score {metrics['bilinear_growth']:.3g} times."
        ),
        plot=drawn,
        height=270,
        half=True,
    )
