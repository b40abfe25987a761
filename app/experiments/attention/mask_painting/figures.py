"""The three figures of a painted mask: weights, the effect of each token on each output, and sums of rows."""

import numpy as np
import plotly.graph_objects as go

from app.experiments.attention.mask_painting.run import WHEN, PaintResult
from app.experiments.attention.sources import weights_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Computed, Plotted
from models.attention.dot_product import AttentionTrace
from visualizers.distribution import bars
from visualizers.marks import outline
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, FAILED, clickable

SAID = {
    "blocks": "Two texts and padding share one sequence; each token attends to its own part.",
    "causal": "Each token attends to itself and to the tokens before it.",
    "padding": "The two columns of padding are masked for every query.",
    "prefix": "The first text is visible to all; after it, only earlier tokens are.",
    "everything": "Nothing is masked.",
}


def figures(result: PaintResult, metrics: Measurements) -> Figures:
    return {
        "weights": _weights(result, metrics),
        "influence": _influence(result, metrics),
        "sums": _sums(result, metrics),
    }


def _weights(result: PaintResult, metrics: Measurements) -> Figure:
    drawn = _map(result, result.weights[0].numpy(), "key")
    trace = drawn.data[0]
    trace.customdata = _after_each_click(result)
    clickable(trace, "painted")
    return Figure(
        title="Attention weights, the mask outlined",
        caption=f"{SAID[result.controls.pattern]} Click a cell to allow or mask it.",
        text=f"The mask allows {metrics['allowed_pairs']:g} of {result.allowed.numel()} pairs.",
        plot=drawn,
        height=340,
        half=True,
        sources=[Plotted(_computed_weights(result), lambda w: w[0], trace="values")],
    )


def _computed_weights(result: PaintResult) -> Computed:
    q, k, v, allowed, when = result.q, result.k, result.v, result.allowed, result.controls.when
    if when == "before softmax":
        return weights_of(q, k, allowed, result.weights)
    late = {"q": q, "k": k, "v": v, "mask": allowed}
    return Computed(result.weights, WHEN[when], late, part=AttentionTrace._fields.index("weights"))


def _after_each_click(result: PaintResult) -> list[list[list[str]]]:
    """For each cell of the map, the painted cells once it has been clicked."""
    size = range(len(result.allowed))
    return [[[_spelled(result.painted ^ {(row, column)})] for column in size] for row in size]


def _spelled(cells: set[tuple[int, int]]) -> str:
    return " ".join(f"{row}-{column}" for row, column in sorted(cells))


def _influence(result: PaintResult, metrics: Measurements) -> Figure:
    largest = metrics["largest_hidden_influence"]
    return Figure(
        title="How far outputs change when a token is replaced",
        caption="Columns: the token replaced. Rows: how far that output changes. Outside the outline it must be 0.",
        text=(
            "No output changes when a masked token is replaced."
            if largest == 0
            else f"Replacing a masked token changes an output by up to {largest:.2g} of its length."
        ),
        plot=_map(result, result.influence[0].numpy(), "replaced token"),
        height=340,
        half=True,
    )


def _map(result: PaintResult, values: np.ndarray, column_title: str) -> go.Figure:
    drawn = heatmap(values, rows=result.tokens, columns=result.tokens, column_title=column_title, complete=True)
    return outline(drawn, result.allowed.numpy())


def _sums(result: PaintResult, metrics: Measurements) -> Figure:
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
        title="Sum of the weights, by query",
        caption="Each query’s weights should sum to 1, the dashed line.",
        text=(
            f"Over all heads the mean sum is {metrics['mean_row_sum_percent'] / 100:.4g}, the smallest"
            f" {metrics['smallest_row_sum_percent'] / 100:.4g}."
        ),
        plot=drawn,
        height=190,
    )
