"""Recorded loss curves of small decoders that differ in one part, for the pages on that part.

Nothing trains here: ``models.training.decoder_arms`` did. Five trainings of each arm, on the same texts in every arm.
"""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import torch
from torch import Tensor

from app.provenance.origin import Plotted
from models.checkpoints import load_card, load_state
from models.training.decoder_arms import EVERY, NAME, curve_of
from visualizers.banded_curves import banded_curves

NAMES: Mapping[str, str] = {
    "relu": "ReLU", "gelu": "GELU", "swiglu": "SwiGLU", "geglu": "GEGLU", "tied": "one table", "untied": "two tables",
}  # fmt: skip
TWIN = {"tied": "swiglu"}
"""The tied twin of the decoder with two tables is the arm with SwiGLU."""


def losses(arm: str) -> Tensor:
    """Loss on held-out text after each number of steps, nats per token: (N, points)."""
    return curve_of(load_state(NAME), TWIN.get(arm, arm))


def weights(arm: str) -> int:
    return int(load_card(NAME)["weights"][TWIN.get(arm, arm)])


def row_similarity() -> dict[str, Tensor]:
    """Of the decoder with two tables: mean cosine of a token's own two rows (“same”) and of two tokens' (“other”), and
    the correlation of the two tables' cosines over pairs of tokens (“pairs”); (N,) each.
    """
    return {name: load_state(NAME)[f"rows.{name}"] for name in ("same", "other", "pairs")}


def gains(arm: str, other: str, after: int | None = None) -> Tensor:
    """How much lower the loss of ``arm`` is than that of ``other``, for each pair on the same texts: (N,).

    At the end, or ``after`` so many steps.
    """
    point = -1 if after is None else after // EVERY
    return losses(other)[:, point] - losses(arm)[:, point]


def above(arms: Sequence[str], base: str, first: int, pixels: float) -> tuple[go.Figure, list[Plotted]]:
    """Curves with bands: loss minus the mean loss of ``base`` after as many steps, from ``first`` steps on."""
    mean = losses(base).mean(dim=0)
    return _drawn({NAMES[arm]: losses(arm) - mean for arm in arms}, first, pixels)


def together(arms: Sequence[str], first: int, pixels: float) -> tuple[go.Figure, list[Plotted]]:
    """Curves with bands: loss in nats per token, from ``first`` steps on."""
    return _drawn({NAMES[arm]: losses(arm) for arm in arms}, first, pixels)


def _drawn(each: Mapping[str, Tensor], first: int, pixels: float) -> tuple[go.Figure, list[Plotted]]:
    start = first // EVERY
    shown = {name: one[:, start:] for name, one in each.items()}
    values = torch.cat(list(shown.values()))
    low, high = values.min().item(), values.max().item()
    plot = banded_curves(
        EVERY * torch.arange(start, start + values.shape[1]).numpy(),
        {name: one.numpy() for name, one in shown.items()},
        x_title="training step",
        y_range=(low - 0.08 * (high - low), high + 0.08 * (high - low)),
        pixels=pixels,
    )
    return plot, [Plotted(one.mean(dim=0), trace=name) for name, one in shown.items()]
