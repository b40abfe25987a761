"""A trained model behind a window: its band, its cache, its reach; and a decoder that was trained with a window."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.causal_mask.run import LONGEST
from app.experiments.attention.sliding_window.behind_a_window import (
    DECODERS,
    GIVEN,
    WINDOWED,
    Layers,
    Recall,
    gains,
    gradient_by_position,
    hindsight,
    masks_of,
    positioned,
    recalled,
    through,
)
from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import LARGEST, ModelControls, text_model
from models.attention.multi_head import MultiHeadTrace
from models.data.words import CITIES
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.serving.rolling_buffer import rolling_cache
from models.serving.token_by_token import full_bytes, read_by_token
from models.training.windowed import WINDOW as TRAINED_WINDOW

FULLY_READ = 16
"""Texts of facts that are read without a window too, for comparison."""
WIDEST = 10  # its reach, 37 positions, still ends inside the texts of five people


class WindowControls(ModelControls):
    sentence: Sentence = Field(
        "Ada lives in Lund . Ben lives in Oslo . Cleo lives in Rome . Ada lives in", title="Sentence"
    )
    window: int = Field(6, ge=3, le=WIDEST, title="Window W", description="Visible tokens, the token itself included")
    layers: Layers = Field("every", title="Layers with the window")
    sinks: int = Field(
        0, ge=0, le=4, title="Sinks", description="First tokens that stay visible", json_schema_extra=MORE
    )
    decoder: Literal["trained with the window", "window put on afterwards", "no window"] = Field(
        "trained with the window",
        title="Smaller decoder",
        description=f"Of the second figure; its window is {TRAINED_WINDOW}",
        json_schema_extra=MORE,
    )
    layer: int = Field(1, ge=0, le=LARGEST, title="Layer of the map", json_schema_extra=MORE)
    head: int = Field(0, ge=0, le=LARGEST, title="Head of the map", json_schema_extra=MORE)


class WindowResult(NamedTuple):
    controls: WindowControls
    depth: int
    pieces: list[str]
    attention: MultiHeadTrace  # of the layer on screen, one text: (1, H, T, …)
    allowed: Tensor  # (T, T) what it may attend to
    buffer_bytes: Tensor  # (T,) held after each token, measured from the tensors
    full_bytes: Tensor  # (T,)
    buffer_difference: Tensor  # () of any logit: buffer token by token against the band at once
    gradient: Tensor  # (n,) norm at every input position, share of the sum, of what stands at the end
    recall: Recall | None  # None for a published model, which is not asked about the tiny world
    full_recall: Recall | None
    losses: dict[str, Tensor]  # with the window and without → (T − 1,) nats per token of a published model's text
    gains: dict[str, Tensor]  # decoder → (GIVEN,) nats saved by more than the window; empty if published
    parameters: int
    notices: list[str]

    @property
    def weights(self) -> Tensor:
        """(T, T) of the head on screen."""
        return self.attention.weights[0, self.controls.head]


def run(controls: WindowControls, device: str) -> Iterator[WindowResult]:
    """The text and the chosen decoder first; then what the other decoders gain, one after the other."""
    found = of_the_text(controls, device)
    if controls.published:
        yield found
        return
    saved = {name: torch.full((len(GIVEN),), torch.nan) for name in DECODERS}
    for name in sorted(DECODERS, key=lambda one: one != controls.decoder):
        saved = saved | {name: gains(name, controls.seed, device)}
        yield found._replace(gains=saved)


class Buffered(NamedTuple):
    """A text that a rolling buffer reads token by token."""

    logits: Tensor  # (T, V)
    held: Tensor  # (T,) bytes held after each token
    full: Tensor  # (T,) bytes of a full cache


@memo
@torch.no_grad()
def buffered(name: str, sentence: str, window: int, layers: Layers, sinks: int, device: str) -> Buffered:
    """It depends on no seed."""
    reader = text_model(name, device)
    model, depth = reader.decoder, len(reader.decoder.blocks)
    ids = reader.read(sentence, LONGEST, "sentence").ids
    full = tuple(layer for layer in range(depth) if not WINDOWED[layers](layer))
    return Buffered(*read_by_token(model, ids, rolling_cache(depth, window, sinks, full)), full_bytes(model, ids))


@torch.no_grad()
def of_the_text(controls: WindowControls, device: str) -> WindowResult:
    """All but the gains of the smaller decoders."""
    c, reader = controls, text_model(controls.model, device)
    model, depth = reader.decoder, len(reader.decoder.blocks)
    text = reader.read(c.sentence, LONGEST, "sentence")
    masks = masks_of(c.window, c.layers, c.sinks, len(text.pieces), depth, device)
    x, layers = through(model, positioned(model, model.embedding(text.ids)), masks)
    buffer = buffered(c.model, c.sentence, c.window, c.layers, c.sinks, device)
    banded = model.unembed(x)
    if c.published:
        gradient, recall, full_recall = gradient_by_position(model, text.ids, masks, c.seed), None, None
        losses = {
            "with the window": token_losses(banded, text.ids)[0],
            "without": token_losses(model(text.ids)[0], text.ids)[0],
        }
    else:
        gradient = hindsight(c.seed, c.window, c.layers, c.sinks, device)
        recall = recalled(c.seed, c.window, c.layers, c.sinks, device)
        full_recall, losses = recalled(c.seed, WIDEST, "none", 0, device, FULLY_READ), {}
    return WindowResult(
        c,
        depth,
        text.pieces,
        layers[c.layer],
        masks[c.layer],
        buffer.held,
        buffer.full,
        (buffer.logits - banded[0]).abs().max(),
        gradient,
        recall,
        full_recall,
        losses,
        {},
        parameter_count(model),
        text.notices,
    )


def measure(result: WindowResult) -> Measurements:
    W, L, n = result.controls.window, result.depth, len(result.pieces)
    farthest, reached = L * (W - 1), result.gradient.gt(0)
    back = len(result.gradient) - 1 - reached.nonzero()[0, 0]
    found = {
        "scores_of_the_band": result.allowed.sum().item(),
        "scores_of_the_triangle": n * (n + 1) / 2,
        "n_times_window": n * W,
        "buffer_bytes": result.buffer_bytes[-1].item(),
        "full_cache_bytes": result.full_bytes[-1].item(),
        "buffer_against_band": result.buffer_difference.item(),
        "reach_positions": reached.sum().item(),
        "layers_times_window_positions": L * W,
        "gradient_share_of_farthest": result.gradient[reached][0].item(),
        "gradient_share_within_window": result.gradient[-W:].sum().item(),
        "farthest_tokens": float(back),
    }
    if farthest < len(result.gradient):  # a deep model reaches further than the text is long
        found["reach_minus_formula_positions"] = reached.sum().item() - (farthest + 1)
    if result.recall is None or result.full_recall is None:
        if n < 2:
            return found
        behind, whole = (result.losses[kind].mean().item() for kind in ("with the window", "without"))
        return found | {
            "text_loss_nats": behind,
            "text_loss_without_window_nats": whole,
            "text_cost_of_window_nats": behind - whole,
        }
    d, right = result.recall.distance, result.recall.right.float()
    return found | {
        "recall_between_window_and_reach": right[(d >= W) & (d <= farthest)].mean().item(),
        "recall_beyond_reach": right[d > farthest].mean().item(),
        "recall_without_window": result.full_recall.right.float().mean().item(),
        "chance": 1 / len(CITIES),
        "gain_beyond_window_nats": result.gains[result.controls.decoder][-1].item(),
    }
