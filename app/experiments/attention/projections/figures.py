"""The figures of projection matrices: loss by rank, scores under a change of both sides, and four spectra."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.attention.projections.run import RANKS, ProjectionResult
from app.experiments.base import Figure, Figures, Measurements
from models.seeding import generator
from visualizers.before_after import before_after
from visualizers.curve import curves, mark_x
from visualizers.theme import INK_3

POINTS = 400


def figures(result: ProjectionResult, metrics: Measurements) -> Figures:
    return {
        "rank": _rank(result, metrics),
        "change": _change(result, metrics),
        "spectra": _spectra(result, metrics),
    }


def _rank(result: ProjectionResult, metrics: Measurements) -> Figure:
    controls = result.controls
    drawn = curves(
        RANKS, {"loss": np.array(list(result.losses.values()))}, x_title="singular values kept in each head",
        x_log=True, markers=True, room=12,
    )  # fmt: skip
    drawn.layout.annotations = ()  # one line; the title names it
    drawn.update_xaxes(tickmode="array", tickvals=RANKS, ticktext=list(map(str, RANKS)), range=(-0.06, 1.28))
    drawn.update_yaxes(rangemode="tozero")
    drawn.add_hline(y=metrics["full_loss_nats"], line={"color": INK_3, "width": 1, "dash": "dash"})
    return Figure(
        title=f"Loss with the {controls.kept} singular values of W_Qᵀ W_K, nats per token",
        caption="All heads of all layers are cut. The {ink-3|dashed line} is the loss of the whole model.",
        text=(
            f"With the {controls.rank} {controls.kept} of {metrics['head_width_features']:.0f} singular values the loss"
            f" on held-out text rises from {metrics['full_loss_nats']:.2f} by {metrics['added_loss_nats']:.2f} nats per"
            " token."
        ),
        plot=mark_x(drawn, controls.rank, ""),
        height=300,
        half=True,
    )


def some(values: Tensor, other: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The same few entries of two matrices."""
    picked = torch.randperm(values.numel(), generator=generator(0))[:POINTS]
    return values.flatten()[picked].numpy(), other.flatten()[picked].numpy()


def _change(result: ProjectionResult, metrics: Measurements) -> Figure:
    both = result.controls.change == "both sides"
    return Figure(
        title="Scores after a change of W_Q and W_K" if both else "Scores after a change of W_Q alone",
        caption=(
            "A random A multiplies the queries, its inverse the keys. Points on the line: scores are unchanged."
            if both
            else "A random A multiplies the queries, and nothing undoes it at the keys."
        ),
        text=(
            f"The largest change is {metrics['largest_score_change_over_spread']:.2g} of the scores' standard"
            f" deviation. The scores of {result.controls.scores} have rank {metrics['score_rank']:g}; a head has"
            f" {metrics['head_width_features']:g} features."
        ),
        plot=before_after(*some(result.scores, result.changed), x_title="score before", y_title="score after"),
        height=300,
        half=True,
    )


def _spectra(result: ProjectionResult, metrics: Measurements) -> Figure:
    lines = {name: values.numpy() for name, values in result.spectra.items()} | {"random": result.random.numpy()}
    drawn = curves(
        np.arange(1, len(lines["random"]) + 1),
        lines,
        x_title="singular value, counted from the largest",
        y_range=(0, 1.03),
        colours={"random": INK_3},
        room=12,
    )
    drawn.layout.annotations = ()  # all lines end in one corner; the caption names them
    return Figure(
        title=f"Singular values of the four matrices of layer {result.controls.layer}",
        caption=(
            "Over the largest: {c1|queries}, {c2|keys}, {c3|values}, {c4|output}, and a {ink-3|random} matrix of that"
            " size."
        ),
        text=(
            f"The effective rank of W_Q is {metrics['effective_rank_q']:.0f}, that of a random matrix of its size"
            f" {metrics['effective_rank_of_random']:.0f}."
        ),
        plot=drawn,
        height=260,
    )
