"""The figures of projection matrices: four spectra, scores under a change of both sides, and P² against P."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.attention.projections.run import ProjectionResult
from app.experiments.base import Figure, Figures, Measurements
from models.seeding import generator
from visualizers.before_after import before_after
from visualizers.curve import curves
from visualizers.theme import INK_3

POINTS = 400


def figures(result: ProjectionResult, numbers: Measurements) -> Figures:
    return {
        "spectra": _spectra(result, numbers),
        "change": _change(result, numbers),
        "square": _square(result, numbers),
    }


def _spectra(result: ProjectionResult, numbers: Measurements) -> Figure:
    lines = {name: values.numpy() for name, values in result.spectra.items()} | {"random": result.random.numpy()}
    ranks = ", ".join(f"W_{name} {numbers[f'effective_rank_{name.lower()}']:.0f}" for name in result.spectra)
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
        title=f"How many directions the four matrices of layer {result.controls.layer} use",
        caption=(
            "Singular values over the largest: {c1|queries}, {c2|keys}, {c3|values}, {c4|output}, and a"
            " {ink-3|random} matrix."
        ),
        text=(
            f"Effective rank of {numbers['width_features']:g}: {ranks}; random"
            f" {numbers['effective_rank_of_random']:.0f}."
        ),
        plot=drawn,
        height=260,
    )


def some(values: Tensor, other: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The same few entries of two matrices."""
    picked = torch.randperm(values.numel(), generator=generator(0))[:POINTS]
    return values.flatten()[picked].numpy(), other.flatten()[picked].numpy()


def _change(result: ProjectionResult, numbers: Measurements) -> Figure:
    both = result.controls.change == "both sides"
    return Figure(
        title="Scores after a change of W_Q and W_K" if both else "Scores after a change of W_Q alone",
        caption=(
            "A random A multiplies the queries, its inverse the keys. On the line no score has changed."
            if both
            else "A random A multiplies the queries, and nothing undoes it at the keys."
        ),
        text=(
            f"The largest change is {numbers['largest_score_change_over_spread']:.2g} of the scores' standard"
            f" deviation. The scores of {result.controls.scores} have rank {numbers['score_rank']:g}; a head has"
            f" {numbers['head_width_features']:g} features."
        ),
        plot=before_after(*some(result.scores, result.changed), x_title="score before", y_title="score after"),
        height=300,
        half=True,
    )


def _square(result: ProjectionResult, numbers: Measurements) -> Figure:
    learned = result.controls.square == "W of the layer"
    return Figure(
        title="P² against P: W_O W_V as learned" if learned else "P² against P: an orthogonal projector",
        caption=(
            "Entries of the matrix and of its square. A projector of algebra would lie on the line."
            if learned
            else "Computed from the strongest half of its directions: applied twice it is the same as once."
        ),
        text=f"‖P² − P‖ / ‖P‖ is {numbers['idempotence_residual']:.3g}.",
        plot=before_after(*some(result.p, result.p @ result.p), x_title="entry of P", y_title="entry of P²"),
        height=300,
        half=True,
    )
