"""A plane of codes and the digits decoded from it: what the pages on autoencoders let a visitor walk through."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Machine
from app.provenance.origin import Plotted
from models.generative.digit_judge import judged
from models.generative.pretrained_networks import digit_classifier
from visualizers.walked_map import walked_map

CELLS = 21
"""Grid points along one side of the plane."""

WALK = 240
"""Steps of the walk through the ten classes and back to the first."""


class CodePlane(NamedTuple):
    """Two directions of the space of codes, and what is decoded on a grid of them."""

    placed: Tensor  # (Q, 2) held-out digits
    low: Tensor  # (2,) corner of the grid
    high: Tensor  # (2,)
    decoded: Tensor  # (G², 64) rows of one y, first row at the bottom
    judged: Tensor  # (G², 10) probabilities of the judge
    path: Tensor  # (T, 2) the walk


def plane_of(codes: Tensor, y: Tensor, decode: Callable[[Tensor], Tensor], reach: float | None = None) -> CodePlane:
    """The plane through codes (Q, Z): of two numbers itself, of more the two directions along which they vary most.

    ``reach`` is how far the grid goes to each side of 0; without it, it holds 98 % of the codes.
    """
    mean, directions = torch.zeros(codes.shape[-1]), torch.eye(2)
    if codes.shape[-1] > 2:
        mean = codes.mean(0)  # (Z,)
        directions = torch.linalg.svd(codes - mean, full_matrices=False).Vh[:2]  # (2, Z)
    placed = (codes - mean) @ directions.T  # (Q, 2)
    if reach is None:
        low, high = placed.quantile(0.01, 0), placed.quantile(0.99, 0)
        low, high = low - 0.1 * (high - low), high + 0.1 * (high - low)
    else:
        low, high = torch.full((2,), -reach), torch.full((2,), reach)
    share = torch.linspace(0, 1, CELLS)
    grid = low + torch.cartesian_prod(share, share).flip(-1) * (high - low)  # (G², 2)
    decoded = decode(mean + grid @ directions)  # (G², 64)
    stops = torch.stack([placed[y == digit].median(0).values for digit in [*range(10), 0]])  # (11, 2)
    return CodePlane(placed, low, high, decoded, judged(digit_classifier(), decoded), _walk(stops.clamp(low, high)))


def _walk(stops: Tensor) -> Tensor:
    """Straight from stop to stop, slower near each.  (11, 2) → (T, 2)"""
    along = torch.arange(WALK) * (len(stops) - 1) / WALK  # (T,)
    at, share = along.long(), along % 1
    share = share**2 * (3 - 2 * share)
    return stops[at] + share[:, None] * (stops[at + 1] - stops[at])


def between(plane: CodePlane, at: Tensor) -> Tensor:
    """The digit at a place (2,), between the four nearest grid points, in per cent of ink as sent.  → (64,)"""
    ink = torch.from_numpy(inked(plane.decoded)).double().unflatten(0, (CELLS, CELLS))  # (G, G, 64)
    place = ((at - plane.low) / (plane.high - plane.low)).clamp(0, 1).double() * (CELLS - 1)  # (2,)
    first = place.long().clamp(max=CELLS - 2)
    x, y = (place - first).tolist()
    column, row = first.tolist()
    below = (1 - x) * ink[row, column] + x * ink[row, column + 1]
    above = (1 - x) * ink[row + 1, column] + x * ink[row + 1, column + 1]
    return (1 - y) * below + y * above


def inked(pixels: Tensor) -> np.ndarray:
    """Pixels from −1 to 1 as per cent of ink, a byte each."""
    return (50 * (pixels.nan_to_num().clamp(-1, 1) + 1)).round().byte().numpy()


def _heights(own: Tensor, placed: Tensor) -> Tensor:
    """Of the points of one class: (Q, 2) → (own,)."""
    return placed[own, 1]


def plane_figure(plane: CodePlane, y: Tensor, *, title: str, axes: Sequence[str], caption: str, text: str) -> Figure:
    """The map with the digit under the point beside it; it goes on in the browser."""
    classes = {str(digit): y == digit for digit in range(10)}
    surest = plane.judged.max(-1)
    return Figure(
        title=title,
        caption=f"Drag over the map, or run a walk: the digit beside it is decoded from that place. {caption}".strip(),
        text=text,
        plot=walked_map(
            plane.placed.numpy(), {name: own.numpy() for name, own in classes.items()}, plane.path[0].numpy(),
            between(plane, plane.path[0]).view(8, 8).numpy(), low=plane.low.numpy(), high=plane.high.numpy(), axes=axes,
        ),
        height=400,
        machine=Machine(
            "codes",
            {
                "ink": inked(plane.decoded), "side": CELLS, "low": plane.low, "high": plane.high, "path": plane.path,
                "digit": surest.indices.byte().numpy(), "sure": (100 * surest.values).round().byte().numpy(),
            },
        ),
        sources=[Plotted(plane.placed, partial(_heights, own), f"class {name}") for name, own in classes.items()],
    )  # fmt: skip
