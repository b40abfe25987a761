"""Digits beside their reconstructions, the map of codes to walk through, and the error over training."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.code_plane import plane_figure
from app.experiments.generative.digit_codes.run import DigitCodesResult
from app.provenance.origin import Plotted
from models.generative.digit_judge import readable_share
from visualizers.curve import curves
from visualizers.image import pictures
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_3, note


def figures(result: DigitCodesResult, metrics: Measurements) -> Figures:
    return {
        "reconstructions": _reconstructions(result, metrics),
        "map": _map(result, metrics),
        "error": _error(result, metrics),
    }


def first_of_each(y: Tensor) -> Tensor:
    """The place of the first held-out digit of each class.  (10,)"""
    return torch.stack([(y == digit).nonzero()[0, 0] for digit in range(10)])


def _reconstructions(result: DigitCodesResult, metrics: Measurements) -> Figure:
    c, chosen = result.controls, first_of_each(result.y)
    rows = [result.x, result.principal, result.reconstructed]
    images = torch.stack([torch.cat([row[chosen], own[None]]) for row, own in zip(rows, result.yours)])  # (3, 11, 64)
    verdicts = [
        [str(digit) for digit in (*taken[chosen].tolist(), int(own))]
        for taken, own in zip((result.principal_taken_for, result.taken_for), result.yours_taken_for[1:])
    ]
    return Figure(
        title=f"Held-out digits, reconstructed from {c.code} numbers",
        caption=(
            "Top: the digit; last, yours. Below it, the reconstructions by principal components (PCA) and by the"
            " autoencoder. Under each: which digit a separate classifier, the judge, takes it for."
        ),
        text=(
            f"From {c.code} numbers per digit, {metrics['changed_percent']:.0f} % of the autoencoder’s reconstructions"
            f" are taken for another digit, and {metrics['principal_changed_percent']:.0f} % of those by PCA."
        ),
        plot=pictures(
            images.unflatten(-1, (8, 8)).numpy(),
            rows=["digit", "PCA", "autoencoder"],
            columns=[*map(str, range(10)), "yours"],
            under=[[""] * 11, *verdicts],
        ),
        height=270,
    )


def _map(result: DigitCodesResult, metrics: Measurements) -> Figure:
    two = result.controls.code == 2
    names = ("first number", "second number") if two else ("first direction", "second direction")
    more = "" if two else "The map is the plane along which the codes vary most; across it they are at their mean."
    return plane_figure(
        result.plane,
        result.y,
        title="A map of the codes",
        axes=names,
        caption=more,
        text=(
            f"The judge is at least 90 % sure of {100 * readable_share(result.plane.judged):.0f} % of the digits"
            " decoded on a grid over the map."
        ),
    )


def _error(result: DigitCodesResult, metrics: Measurements) -> Figure:
    progress, level = result.progress, metrics["principal_error"]
    errors = torch.stack(progress.snapshots)  # (S,)
    drawn = curves(
        np.array(progress.taken), {"autoencoder": errors.numpy()}, x_title="step", markers=True,
        y_range=(0, 1.05 * float(errors.max())), colours={"autoencoder": ACCENT}, room=90,
    )  # fmt: skip
    drawn.add_shape(reference_line(y=level, colour=INK_3))
    drawn.add_annotation(**note(1, level, "PCA", xref="paper", xanchor="left", colour=INK_3, yshift=8, xshift=6))
    drawn.update_xaxes(range=(0, progress.steps))
    return Figure(
        title="Squared error per pixel, held-out digits",
        caption="The {trace:autoencoder|autoencoder} while it learns; dotted: PCA with as many numbers.",
        text=(f"After {progress.step} steps the error is {metrics['held_out_error']:.3f}; that of PCA is {level:.3f}."),
        plot=drawn,
        height=250,
        sources=[Plotted(errors, trace="autoencoder")],
    )
