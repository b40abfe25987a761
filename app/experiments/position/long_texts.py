"""Decoders trained on texts of 64 tokens read longer ones: the part that RoPE and ALiBi share.

The curves were recorded over many texts; the dots are read now, from texts that the seed draws.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from torch import Tensor

from models.language.loss_by_length import TRAINED, binned, losses, scheme_model, texts
from models.parameter_count import parameter_count
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, STAGE, compact

ROWS, LENGTH, DOT = 3, 192, 32
NAMES = {"rope": "RoPE", "alibi": "ALiBi", "learned": "learned", "sinusoidal": "sinusoidal", "none": "none"}


class Read(NamedTuple):
    """The seed's texts, read now."""

    loss: Tensor  # (R, T − 1) nats
    cut: Tensor  # (R, T − 1) where the model sees the last ``TRAINED`` tokens only
    parameters: int

    @property
    def beyond(self) -> Tensor:
        """Mean loss of the tokens past the trained length."""
        return self.loss[:, TRAINED:].mean()

    @property
    def cost_of_long_sight(self) -> float:
        """By how much reading everything is worse than reading the last ``TRAINED`` tokens, past that length."""
        return (self.loss - self.cut)[:, TRAINED:].mean().item()


@lru_cache(maxsize=64)
def read_long_texts(scheme: str, sight: int | None, seed: int, device: str) -> Read:
    """Kept, since most controls do not touch it."""
    model, ids = scheme_model(scheme, device), texts(seed, ROWS, LENGTH).to(device)
    cut = losses(model, ids, TRAINED)
    loss = cut if sight == TRAINED else losses(model, ids, sight)
    return Read(loss, cut, parameter_count(model))


def by_place(
    places: list[float],
    lines: dict[str, list[float]],
    colours: dict[str, str],
    now: Tensor,
    room: int,
    height: int,
    dot: int = DOT,
) -> go.Figure:
    """Recorded lines, and dots for what was read now, one every ``dot`` tokens; end labels are pushed apart."""
    drawn = curves(
        places,
        {name: np.array(y) for name, y in lines.items()},
        x_title="place in the text, tokens",
        colours=colours,
        room=room,
    )
    dots = binned(now, dot).numpy()
    drawn.add_scatter(
        x=compact((np.arange(len(dots)) + 0.5) * dot),
        y=compact(dots),
        name="read now",
        mode="markers",
        cliponaxis=False,
        marker={"size": 8, "color": ACCENT, "line": {"color": STAGE, "width": 1.5}},
        hovertemplate="read now<br>near token %{x:.0f}<br>%{y:.3f} nats<extra></extra>",
    )
    top = 1.1 * max(float(dots.max()), *(max(y) for y in lines.values()))
    drawn.update_xaxes(range=[0, places[-1] + places[0]]).update_yaxes(range=[0, top])
    apart(drawn, height - 50)
    return mark_x(drawn, TRAINED, "trained to 64")
