"""The three figures of patch embedding: one digit in and out of order, all kinds of training, and patch sizes."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.patch_embedding.run import SWEPT, PatchResult
from app.provenance.origin import Plotted, computed
from models.transformer.patch_embedding import score_count, token_count
from visualizers.distribution import grouped_bars
from visualizers.image import GAP, pictures
from visualizers.outcomes import over_settings
from visualizers.theme import INK_3

NAMES = {
    "positions": "positions",
    "no positions": "none",
    "shuffled": "shuffled",
    "reordered": "reordered",
}
SIZE = 8
TOKENS, SCORES = "tokens", "attention scores per head and layer"


def figures(result: PatchResult, metrics: Measurements) -> Figures:
    return {"order": _order(result, metrics), "kinds": _kinds(result, metrics), "sizes": _sizes(result, metrics)}


def _order(result: PatchResult, metrics: Measurements) -> Figure:
    c = result.controls
    said = [f"{int(p.argmax())}: {p.max():.0%}" for p in result.probabilities.values()]
    plot = pictures(
        np.stack([image.numpy() for image in result.images.values()])[None],
        rows=[""],
        columns=list(result.images),
        under=[said],
    )
    for image in range(2):
        for at in range(c.side, SIZE, c.side):
            left = image * (SIZE + GAP)
            line = {"color": INK_3, "width": 0.5}
            plot.add_shape(type="line", x0=left - 0.5, x1=left + SIZE - 0.5, y0=at - 0.5, y1=at - 0.5, line=line)
            plot.add_shape(type="line", x0=left + at - 0.5, x1=left + at - 0.5, y0=-0.5, y1=SIZE - 0.5, line=line)
    return Figure(
        title="One digit, its patches in order and shuffled",
        caption=f"Below: what the network trained with “{c.kind}” reads. Only position vectors tell the two apart.",
        text=(
            f"With its {metrics['tokens']:g} patches in order the network reads {said[0].replace(': ', ', at ')};"
            f" with the patches shuffled, {said[1].replace(': ', ', at ')}."
        ),
        plot=plot,
        height=270,
        half=True,
    )


def _kinds(result: PatchResult, metrics: Measurements) -> Figure:
    values = {
        order: np.array([100 * result.accuracy[kind][order] for kind in NAMES]) for order in ("in order", "shuffled")
    }
    plot = grouped_bars(values, labels=list(NAMES.values()), x_title="trained with")
    plot.update_yaxes(range=[0, 104])
    return Figure(
        title="Held-out digits recognised, %",
        caption=(
            "{trace:in order|Patches as in training}, and {trace:shuffled|newly shuffled} for each digit. Without"
            " positions a digit is a bag of patches."
        ),
        text=(
            f"With positions {result.accuracy['positions']['in order']:.0%} of the digits are recognised, without"
            f" {metrics['accuracy_without_positions']:.0%}. With positions and shuffled patches:"
            f" {metrics['accuracy_with_positions_shuffled']:.0%}."
        ),
        plot=plot,
        height=270,
        half=True,
    )


def _sizes(result: PatchResult, metrics: Measurements) -> Figure:
    tokens = torch.tensor([token_count(SIZE, side) for side in SWEPT])
    scores = computed(score_count, tokens=tokens)
    return Figure(
        title="Patch size, cost and accuracy",
        caption=(
            "One network per patch size, as wide and trained as long. Halving the side makes four times as many tokens"
            " and about sixteen times as many scores."
        ),
        text=(
            f"Patches of {result.controls.side} × {result.controls.side} pixels make {metrics['tokens']:g} tokens and"
            f" {metrics['scores_per_head']:g} attention scores per head and layer."
        ),
        plot=over_settings(
            {
                TOKENS: tokens.numpy(),
                SCORES: scores.tensor.numpy(),
                "held-out digits recognised, %": 100 * np.array(result.swept),
                "the same without position vectors, %": 100 * np.array(result.swept_without),
            },
            [f"{side} × {side}" for side in SWEPT],
            picked=SWEPT.index(result.controls.side),
            marks={},
            x_title="pixels of a patch",
        ),
        height=430,
        sources=[Plotted(tokens, trace=TOKENS), Plotted(scores, trace=SCORES)],
    )
