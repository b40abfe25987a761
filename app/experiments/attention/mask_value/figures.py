"""The three figures of a fill: scores with it, weights after it, and how much leaks through, by number format."""

import numpy as np
import plotly.graph_objects as go
import torch

from app.experiments.attention.mask_value.run import FillResult
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Computed, Plotted
from models.attention.dot_product import attention_weights
from models.attention.mask_value import filled
from visualizers.curve import curves, mark_x
from visualizers.marks import outline
from visualizers.matrix import heatmap, write_cells


def figures(result: FillResult, metrics: Measurements) -> Figures:
    fill = {"allowed": result.allowed, "fill": float(result.controls.fill)}
    scores = Computed(result.chosen.scores, filled, {"scores": result.before} | fill)
    return {
        "scores": _scores(result, scores),
        "weights": _weights(result, metrics, Computed(result.chosen.weights, attention_weights, {"scores": scores})),
        "leak": _leak(result, metrics),
    }


def written(value: float) -> str:
    """In as few letters as a small cell holds."""
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "−∞" if value < 0 else "∞"
    if value and (abs(value) >= 1000 or abs(value) < 5e-3):
        mantissa, exponent = f"{value:.0e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    return f"{value:.2g}".replace("-", "−")


def _minus(result: FillResult) -> str:
    """The number that is added, as print has it."""
    return str(result.controls.fill).replace("inf", "∞").replace("-", "−")


def _labelled(drawn: go.Figure, values: np.ndarray) -> go.Figure:
    drawn.data[0].update(hovertemplate="query %{y}, key %{x}<br>%{text}<extra></extra>")
    return write_cells(drawn, _text(values), size=10)


def _scores(result: FillResult, scores: Computed) -> Figure:
    before, after = result.before[0, 0].float().numpy(), result.chosen.scores[0, 0].float().numpy()
    bound = float(np.abs(before).max())
    drawn = heatmap(
        np.clip(after, -bound, bound), rows=result.tokens, columns=result.tokens, column_title="key", signed=True
    )
    drawn.data[0].update(zmin=-bound, zmax=bound)
    frames = [
        go.Frame(
            name=name,
            data=[{"type": "heatmap", "z": np.clip(values, -bound, bound), "text": _text(values)}],
            traces=[0],
        )
        for name, values in (("as computed", before), ("mask added", after))
    ]
    drawn = outline(_labelled(drawn, after), result.allowed.numpy())
    drawn.frames = frames
    return Figure(
        title="Scores, before the softmax",
        caption="Step back to see them without the mask. Only pairs inside the outline are allowed.",
        text=f"{_minus(result)} is added to {int((~result.allowed).sum())} of {result.allowed.numel()} scores.",
        plot=drawn,
        height=350,
        half=True,
        lines=["", "return scores + torch.where(allowed"],
        steps="scores",
        start=1,
        sources=[
            Plotted(
                scores,
                lambda s: torch.stack([torch.full_like(s[0, 0], torch.nan), s[0, 0]]),
                trace="values",
                framed=True,
            ),
            Plotted(result.before, lambda s: s[0, 0].expand(2, -1, -1), trace="values", framed=True, unit=None),
        ],
    )


def _text(values: np.ndarray) -> list[list[str]]:
    return [[written(value) for value in row] for row in values]


def _weights(result: FillResult, metrics: Measurements, made: Computed) -> Figure:
    weights = result.chosen.weights[0, 0].float().numpy()
    drawn = heatmap(weights, rows=result.tokens, columns=result.tokens, column_title="key", high=1.0)
    blind = int(metrics["fully_masked_rows"])
    rows = (
        "No row is fully masked."
        if not blind
        else (
            f"In {metrics['rows_not_a_number']:g} of {blind} fully masked rows the weights are not a number."
            if metrics["rows_not_a_number"]
            else f"In the {blind} fully masked rows {metrics['weight_on_masked_tokens_in_full_rows']:.1%} of the weight"
            " lies on masked tokens."
        )
    )
    return Figure(
        title="Weights, after the softmax",
        caption="Outside the outline every weight should be 0. In the rows of padding everything is masked.",
        text=rows,
        plot=outline(_labelled(drawn, weights), result.allowed.numpy()),
        height=350,
        half=True,
        sources=[Plotted(made, lambda w: w[0, 0], trace="values")],
    )


def _leak(result: FillResult, metrics: Measurements) -> Figure:
    lines = {name: np.where(leaks > 0, leaks, np.nan) for name, leaks in result.leaks.items()}
    drawn = curves(result.subtracted, lines, x_title="subtracted from masked scores", y_log=True)
    fill = -float(result.controls.fill)
    if fill <= result.subtracted[-1]:
        mark_x(drawn, fill, "")
    drawn.update_yaxes(exponentformat="power", dtick=10)
    for label, line in zip(drawn.layout.annotations, lines.values(), strict=False):
        label.y = float(np.log10(np.nanmin(line)))  # lines end lower than ``curves`` puts a label
    return Figure(
        title="The largest weight on a masked token",
        caption="Where a line ends, the format has no smaller number. From there on the weight is exactly 0.",
        text=(
            f"With {_minus(result)} the largest weight on a masked token is {metrics['largest_leak']:.2g} in"
            f" {result.controls.precision} and {metrics['largest_leak_in_any_format']:.2g} in any of the three formats."
        ),
        plot=drawn,
        height=230,
    )
