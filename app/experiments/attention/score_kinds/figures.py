"""The three figures of three scores: the raw maps side by side, their growth, and where the additive queries look."""

from functools import partial

import numpy as np
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.attention.score_kinds.run import BENDS, KINDS, ScoreKindResult
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Computed, Drawn
from models.attention.additive import additive_score, bilinear_score, dot_score
from models.attention.dot_product import attention_weights
from visualizers.curve import curves
from visualizers.matrix import heatmap
from visualizers.theme import note


def figures(result: ScoreKindResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "scores": _scores(result, numbers),
            "growth": _growth(result, numbers),
            "additive": _additive(result, numbers),
        },
        origins(result),
    )


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{number + 1}" for number in range(count)]


def _scores(result: ScoreKindResult, numbers: Measurements) -> Figure:
    maps = {kind: values.numpy() for kind, values in result.scores.items()}
    size = result.controls.tokens
    sheet = np.full((size, 3 * size + 2), np.nan)
    for place, values in enumerate(maps.values()):  # each on its own scale: only its pattern can be compared
        left = place * (size + 1)
        sheet[:, left : left + size] = values / np.abs(values).max()
    keys = _names("k", size)
    drawn = heatmap(
        sheet, rows=_names("q", size), columns=[*keys, "", *keys, "", *keys], signed=True, column_title="key"
    )
    drawn.data[0].update(hoverongaps=False)
    drawn.update_layout(margin={"t": 26, "l": 32})
    for place, kind in enumerate(maps):
        middle = place * (size + 1) + (size - 1) / 2
        drawn.add_annotation(**note(middle, 1, kind, yref="paper", yanchor="bottom", yshift=4))
    return Figure(
        title="Raw scores of the same queries and keys",
        caption="q1 belongs with k1, q2 with k2: a score that sees it has a strong diagonal. Scales differ.",
        text=(
            f"The own partner scores highest for {numbers['dot_partners_found_percent']:.3g}% of the queries by dot"
            f" product and for {numbers['bilinear_partners_found_percent']:.3g}% by the bilinear score."
        ),
        plot=drawn,
        height=290,
    )


def _growth(result: ScoreKindResult, numbers: Measurements) -> Figure:
    lines = {kind: values.numpy() for kind, values in result.grown.items()}
    drawn = curves(
        result.lengths, lines, x_title="queries, times as long", x_log=True, y_log=True, markers=True, room=62
    )
    drawn.update_xaxes(tickmode="array", tickvals=result.lengths, ticktext=[f"{x:g}" for x in result.lengths])
    drawn.update_yaxes(dtick=1, exponentformat="power")
    return Figure(
        title="Largest score, as queries get longer",
        caption="Products grow with the length of a query. A tanh has an end.",
        text=(
            f"Queries 16 times as long have {numbers['dot_growth']:.3g} times as large a dot product, and an additive"
            f" score {numbers['additive_growth']:.3g} times as large."
        ),
        plot=drawn,
        height=270,
        half=True,
    )


def _additive(result: ScoreKindResult, numbers: Measurements) -> Figure:
    size = result.controls.tokens
    return Figure(
        title="Where the additive score sends each query",
        caption="Weights after the softmax. If all rows are alike, it matters not who asks.",
        text=f"Two queries’ weights differ by up to {numbers['additive_difference_between_queries']:.3g}.",
        plot=heatmap(
            result.weights["additive"].numpy(), rows=_names("q", size), columns=_names("k", size), column_title="key"
        ),
        height=270,
        half=True,
    )


def origins(result: ScoreKindResult) -> list[Drawn]:
    q, k, w, w_q, w_k, u = result.vectors.values()
    bend = BENDS[result.controls.activation]
    both, network = {"q": q, "k": k}, {"w_q": w_q, "w_k": w_k, "u": u, "bend": bend}
    made = {
        "dot": Computed(result.scores["dot"], dot_score, both),
        "bilinear": Computed(result.scores["bilinear"], bilinear_score, both | {"w": w}),
        "additive": Computed(result.scores["additive"], additive_score, both | network),
    }
    drawn = [Drawn("scores", made[kind], partial(_beside, KINDS.index(kind)), unit=None) for kind in KINDS]
    weights = Computed(result.weights["additive"], attention_weights, {"scores": made["additive"]})
    return [*drawn, Drawn("additive", weights)]


def _beside(place: int, scores: Tensor) -> Tensor:
    """The map of one kind where it stands in the sheet of all three."""
    return pad(scores, (place * (len(scores) + 1), (2 - place) * (len(scores) + 1)))
