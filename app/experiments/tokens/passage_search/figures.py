"""The best passages by each method, how often the first is right, and the hybrid over its weight."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.passage_search.run import PassageSearchResult
from app.experiments.tokens.passage_search.scores import WEIGHTS
from app.provenance.origin import Plotted
from models.data.search_passages import KINDS
from visualizers.curve import apart, curves, mark_x
from visualizers.matrix import heatmap, write_cells
from visualizers.ranked_lists import ranked_lists
from visualizers.theme import SERIES


def figures(result: PassageSearchResult, metrics: Measurements) -> Figures:
    return {"ranked": _ranked(result), "recall": _recall(result, metrics), "weight": _weight(result, metrics)}


def _ranked(result: PassageSearchResult) -> Figure:
    c = result.controls
    lists = {
        name: [(texts[at], float(score)) for at, score in zip(found.places, found.scores)]
        for name, (texts, found) in result.found.items()
    }
    first = "; ".join(f"{name}: “{found[0][0]}”" for name, found in lists.items())
    count = len(next(iter(result.found.values()))[0])
    what = "entries of this glossary" if c.searched == "this glossary" else "passages"
    return Figure(
        title=f"“{c.query}” in {count} {what}",
        caption=(
            "The best four by each method, with their scores; bars are relative to the best of a list. Scores of two"
            " methods cannot be compared."
        ),
        text=f"First of each: {first}.",
        plot=ranked_lists(lists),
        height=360,
    )


def _recall(result: PassageSearchResult, metrics: Measurements) -> Figure:
    values = np.array([[by_kind[kind] for kind in KINDS] for by_kind in result.recall.values()])
    drawn = heatmap(values, rows=list(result.recall), columns=list(KINDS), column_title="kind of query", high=1.0)
    c = result.controls
    known = "known from training" if c.names == "known" else "made up" if c.published else "new to the encoder"
    drawn.update_layout(margin={"l": 70, "r": 8, "t": 8, "b": 46})
    return Figure(
        title="How often the right passage is first, share of queries",
        caption=(
            f"Other words: no word in common with the passage. A name: {known}. Both: a name with five passages, and"
            " the rest in other words."
        ),
        text=(
            f"Mean over the kinds: BM25 {metrics['bm25_recall']:.0%}, encoder {metrics['encoder_recall']:.0%}, hybrid"
            f" {metrics['hybrid_recall']:.0%}."
        ),
        plot=write_cells(drawn, as_="%{z:.2f}", size=14),
        height=280,
        half=True,
        sources=[Plotted(torch.from_numpy(values), trace="values")],
    )


def _weight(result: PassageSearchResult, metrics: Measurements) -> Figure:
    lines = {kind: np.array(values) for kind, values in result.by_weight.items()}
    drawn = curves(
        np.array(WEIGHTS), lines, x_title="weight of BM25", y_range=(-0.03, 1.08), room=84,
        colours=dict(zip(KINDS, SERIES, strict=False)),
    )  # fmt: skip
    return Figure(
        title="The hybrid over its weight: right passage first",
        caption=(
            "0: the encoder alone, 1: BM25 alone. {trace:other words|Other words}, {trace:a name|a name},"
            " {trace:both|both}. The line is the weight that was tuned on other passages and queries."
        ),
        text=(
            f"The tuned weight is {result.weight:.2f}. At weight 0, the encoder alone, {lines['a name'][0]:.0%} of the"
            f" names are found; at weight 1, BM25 alone, {lines['other words'][-1]:.0%} of the queries in other words."
        ),
        plot=mark_x(apart(drawn, 210), result.weight, "tuned").update_xaxes(range=[0, 1]),
        height=280,
        half=True,
        sources=[Plotted(torch.from_numpy(line), trace=kind) for kind, line in lines.items()],
    )
