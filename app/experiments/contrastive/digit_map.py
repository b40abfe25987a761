"""The map of held-out digits that the pages on pairs, on triplets and on self-made targets share."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from app.experiments.base import Figure
from app.experiments.contrastive.digit_classes import TRAINED
from app.provenance.origin import Plotted
from visualizers.embedding_map import embedding_map


def in_the_plane(embeddings: Tensor) -> Tensor:
    """Along the two directions in which the last embeddings vary most.  (S, Q, D) → (S, Q, 2)"""
    if embeddings.shape[-1] == 2 or not embeddings.isfinite().all():
        return embeddings[..., :2]
    last = embeddings[-1] - embeddings[-1].mean(0)  # (Q, D)
    return (embeddings - embeddings[-1].mean(0)) @ torch.linalg.svd(last, full_matrices=False).Vh[:2].T


def _heights(own: Tensor, placed: Tensor) -> Tensor:
    """Of the points of one class: (S, Q, 2) → (S, own)."""
    return placed[:, own, 1]


def placed_map(
    placed: Tensor,
    y: Tensor,
    steps: Sequence[int],
    *,
    title: str,
    caption: str,
    text: str,
    height: int,
    grey: Sequence[str] = (),
) -> Figure:
    """``placed``: held-out digits at each of ``steps`` (S, Q, 2); the classes in ``grey`` are large and grey."""
    classes = {str(digit): (y == digit) for digit in range(10)}
    return Figure(
        title=title,
        caption=caption,
        text=text,
        plot=embedding_map(
            placed.numpy(), {name: own.numpy() for name, own in classes.items()}, grey=grey,
            frames=list(map(str, steps)), start=len(steps) - 1,
        ),
        height=height,
        half=True,
        steps="step",
        start=len(steps) - 1,
        sources=[
            Plotted(placed, partial(_heights, own), trace=f"class {name}", framed=True)
            for name, own in classes.items()
        ],
    )  # fmt: skip


def map_of(embeddings: Sequence[Tensor], y: Tensor, steps: Sequence[int], text: str) -> Figure:
    """``embeddings``: of the held-out digits (Q, D), one per snapshot."""
    whole = embeddings[0].shape[-1] == 2
    caption = (
        "Every numeral is one image. Large and grey: {trace:class 7|digits 7} to 9. "
        + ("" if whole else "Of 16 dimensions, the two along which the last embeddings vary most. ")
        + "Move the slider to see classes form."
    )
    return placed_map(
        in_the_plane(torch.stack(list(embeddings))), y, steps, title="Held-out digits, placed by the network",
        caption=caption, text=text, height=360, grey=[str(digit) for digit in range(TRAINED, 10)],
    )  # fmt: skip
