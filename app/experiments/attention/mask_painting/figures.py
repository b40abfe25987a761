"""The three figures of a painted mask: the weights, who moves whose output, and the sums of the rows."""

import numpy as np
import plotly.graph_objects as go

from app.experiments.attention.mask_painting.run import WHEN, PaintResult
from app.experiments.attention.sources import weights_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Computed, Drawn
from models.attention.dot_product import AttentionTrace
from visualizers.distribution import bars
from visualizers.marks import outline
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, FAILED, clickable

SAID = {
    "blocks": "Two texts and padding share a row of tokens, and each sees only its own.",
    "causal": "Each token sees itself and what stands before it.",
    "padding": "The two columns of padding are hidden from everyone.",
    "prefix": "All see the first text whole; after it, only what stands before.",
    "everything": "Nothing is hidden.",
}


def figures(result: PaintResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "weights": _weights(result, numbers),
            "influence": _influence(result, numbers),
            "sums": _sums(result, numbers),
        },
        origins(result),
    )


def _weights(result: PaintResult, numbers: Measurements) -> Figure:
    drawn = _map(result, result.weights[0].numpy(), "looks at")
    trace = drawn.data[0]
    trace.customdata = _after_each_click(result)
    clickable(trace, "painted")
    return Figure(
        title="Attention weights inside the mask",
        caption=f"{SAID[result.controls.pattern]} Click a cell to open or close it.",
        text=f"The mask allows {numbers['allowed_pairs']:g} of {result.allowed.numel()} pairs.",
        plot=drawn,
        height=340,
        half=True,
    )


def _after_each_click(result: PaintResult) -> list[list[list[str]]]:
    """For each cell of the map, the painted cells once it has been clicked."""
    size = range(len(result.allowed))
    return [[[_spelled(result.painted ^ {(row, column)})] for column in size] for row in size]


def _spelled(cells: set[tuple[int, int]]) -> str:
    return " ".join(f"{row}-{column}" for row, column in sorted(cells))


def _influence(result: PaintResult, numbers: Measurements) -> Figure:
    largest = numbers["largest_hidden_influence"]
    return Figure(
        title="Who moves whose output",
        caption="A column’s token is replaced: how far does each row’s output move? Beyond the line, it must not.",
        text=(
            "No output moves at all when a token hidden from it is replaced."
            if largest == 0
            else f"Replacing a hidden token moves an output by up to {largest:.2g} of its length."
        ),
        plot=_map(result, result.influence[0].numpy(), "replaced token"),
        height=340,
        half=True,
    )


def _map(result: PaintResult, values: np.ndarray, column_title: str) -> go.Figure:
    drawn = heatmap(values, rows=result.tokens, columns=result.tokens, column_title=column_title, complete=True)
    return outline(drawn, result.allowed.numpy())


def _sums(result: PaintResult, numbers: Measurements) -> Figure:
    sums = result.weights[0].sum(dim=-1).numpy()
    whole = np.isclose(sums, 1, atol=1e-4)
    drawn = bars(
        sums,
        labels=result.tokens,
        y_range=(0, 1.2),
        even=1.0,
        even_label="",
        colours=[ACCENT if one else FAILED for one in whole],
    )
    return Figure(
        title="What the weights of each row sum to",
        caption="One query, one whole of attention: every bar should reach the dashed line.",
        text=(
            f"Over all heads the rows sum to {numbers['mean_row_sum_percent']:.4g}% on average, the least of them to"
            f" {numbers['smallest_row_sum_percent']:.4g}%."
        ),
        plot=drawn,
        height=190,
    )


def origins(result: PaintResult) -> list[Drawn]:
    q, k, v, allowed, when = result.q, result.k, result.v, result.allowed, result.controls.when
    late = {"q": q, "k": k, "v": v, "mask": allowed}
    made = (
        weights_of(q, k, allowed, result.weights)
        if when == "before softmax"
        else Computed(result.weights, WHEN[when], late, part=AttentionTrace._fields.index("weights"))
    )
    return [Drawn("weights", made, lambda w: w[0])]
