"""Decoders trained on texts of 64 tokens, read on longer ones and on random tokens that are repeated, and drawn.

The curves were recorded over many texts; the dots are computed now, on texts that the seed picks.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
import torch
from torch import Tensor

from app.experiments.base import Figure
from app.experiments.memo import memo
from models.language.evaluation import said_twice, token_losses
from models.language.loss_by_length import TRAINED, binned, losses, recorded, scheme_model, texts
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.metrics import word_tokens
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, STAGE, compact

ROWS, LENGTH, DOT = 3, 192, 32
REPEATS, PERIOD = 16, 24  # sequences of random tokens, and tokens until they are repeated
NAMES = {"rope": "RoPE", "alibi": "ALiBi", "learned": "learned", "sinusoidal": "sinusoidal", "none": "none"}


class Read(NamedTuple):
    """Losses on the seed's texts, computed now."""

    loss: Tensor  # (R, T − 1) nats
    cut: Tensor  # (R, T − 1) where a token attends to the last ``TRAINED`` tokens only
    parameters: int

    @property
    def beyond(self) -> Tensor:
        """Mean loss of the tokens past the trained length."""
        return self.loss[:, TRAINED:].mean()

    @property
    def cost_of_far_tokens(self) -> float:
        """Loss with the whole text visible over that with the last ``TRAINED`` tokens, past that length."""
        return (self.loss - self.cut)[:, TRAINED:].mean().item()


@memo
def read_long_texts(scheme: str, span: int | None, seed: int, device: str) -> Read:
    """With ``span`` a token attends to itself and the span − 1 before it."""
    model, ids = scheme_model(scheme, device), texts(seed, ROWS, LENGTH).to(device)
    cut = losses(model, ids, TRAINED)
    loss = cut if span == TRAINED else losses(model, ids, span)
    return Read(loss, cut, parameter_count(model))


class Repeated(NamedTuple):
    """Random tokens and their repetition: nothing but copying can predict the second half."""

    first: float  # nats per token the first time
    again: float  # and the second
    right: float  # share of the second half that is predicted right

    @property
    def gain(self) -> float:
        return self.first - self.again


@memo
@torch.inference_mode()
def read_repeated(scheme: str, seed: int, device: str) -> Repeated:
    ids = said_twice(REPEATS, PERIOD, word_tokens(), generator(seed)).to(device)
    logits = scheme_model(scheme, device)(ids)[0]
    loss, right = token_losses(logits, ids), logits[:, PERIOD:-1].argmax(dim=-1) == ids[:, PERIOD + 1 :]
    return Repeated(loss[:, : PERIOD - 1].mean().item(), loss[:, PERIOD:].mean().item(), right.float().mean().item())


def marked(colours: dict[str, str], scheme: str) -> dict[str, str]:
    """Scheme → colour, by the names that are drawn; that of the chosen one is the accent."""
    return {NAMES[name]: ACCENT if name == scheme else colour for name, colour in colours.items()}


def loss_by_place(
    now: Tensor, schemes: Iterable[str], colours: dict[str, str], *, caption: str, text: str, room: int = 78,
    height: int = 250, half: bool = False, dot: int = DOT, until: float = np.inf,
) -> Figure:  # fmt: skip
    """The recorded losses of the schemes, up to a position, and what was computed ``now``."""
    record = recorded()
    places = [place for place in record.places if place < until]
    lines = {NAMES[scheme]: record.whole[scheme][: len(places)] for scheme in schemes}
    return Figure(
        title="Loss by position in the text, nats per token",
        caption=caption,
        text=text,
        plot=by_place(places, lines, colours, now, room=room, height=height, dot=dot),
        height=height,
        half=half,
    )


def by_place(
    places: list[float],
    lines: dict[str, list[float]],
    colours: dict[str, str],
    now: Tensor,
    room: int,
    height: int,
    dot: int = DOT,
) -> go.Figure:
    """Loss by position: recorded lines, and one dot per ``dot`` tokens of what was computed now."""
    drawn = curves(
        places,
        {name: np.array(y) for name, y in lines.items()},
        x_title="position in the text, tokens",
        colours=colours,
        room=room,
    )
    dots = binned(now, dot).numpy()
    drawn.add_scatter(
        x=compact((np.arange(len(dots)) + 0.5) * dot),
        y=compact(dots),
        name="computed now",
        mode="markers",
        cliponaxis=False,
        marker={"size": 8, "color": ACCENT, "line": {"color": STAGE, "width": 1.5}},
        hovertemplate="computed now<br>near token %{x:.0f}<br>%{y:.3f} nats<extra></extra>",
    )
    top = 1.1 * max(float(dots.max()), *(max(y) for y in lines.values()))
    drawn.update_xaxes(range=[0, places[-1] + places[0]]).update_yaxes(range=[0, top])
    apart(drawn, height - 50)
    return mark_x(drawn, TRAINED, "trained to 64")
