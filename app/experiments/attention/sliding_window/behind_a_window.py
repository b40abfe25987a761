"""A decoder behind a window: what reaches its last output, what it recalls, and what tokens beyond the window save."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.attention.quality_cost import new_texts
from app.experiments.memo import memo
from app.experiments.text_model import CHECKPOINT
from models.attention.fused import unwatched
from models.attention.masks import causal_mask, sliding_window_mask
from models.attention.multi_head import MultiHeadTrace
from models.data.facts_asked_again import facts_asked_again
from models.language.pretrained_decoders import pretrained
from models.language.visible_context import loss_of_last, reach
from models.seeding import normal
from models.training.windowed import WINDOW as TRAINED_WINDOW
from models.transformer.decoder import Decoder

WINDOWED = {"every": lambda layer: True, "every second": lambda layer: layer % 2 == 0, "none": lambda layer: False}
DECODERS = {  # checkpoint, window
    "trained with the window": ("decoder_windowed", TRAINED_WINDOW),
    "window put on afterwards": ("decoder_multi_head", TRAINED_WINDOW),
    "no window": ("decoder_multi_head", 0),
}
GIVEN = (6, 11, 16, 21)  # tokens: the window of these decoders, up to beyond their reach of 16
ROWS = 256
Layers = Literal["every", "every second", "none"]


class Recall(NamedTuple):
    """Cities to be named again, each ``distance`` tokens after it was stated."""

    distance: Tensor  # (answers,)
    probability: Tensor  # (answers,) of the right city
    right: Tensor  # (answers,) True where it is also the most probable token


def masks_of(window: int, layers: Layers, sinks: int, tokens: int, depth: int, device: str) -> list[Tensor]:
    """What each layer may attend to: (T, T) per layer."""
    causal = causal_mask(tokens, device=torch.device(device))
    band = sliding_window_mask(tokens, window, device=torch.device(device))
    band |= causal & (torch.arange(tokens, device=device) < sinks)
    return [band if WINDOWED[layers](layer) else causal for layer in range(depth)]


def positioned(model: Decoder, embedded: Tensor) -> Tensor:
    """Embedded tokens (B, T, D) with what the model's positions add to them."""
    return model.position.embed(embedded, torch.arange(embedded.shape[1], device=embedded.device))


def through(model: Decoder, x: Tensor, masks: list[Tensor]) -> tuple[Tensor, list[MultiHeadTrace]]:
    """The residual stream at the end, and the attention of every layer, with a mask for each."""
    layers = []
    for block, mask in zip(model.blocks, masks, strict=True):
        x, trace = block(x, mask, None, None)
        layers.append(trace.attention)
    return x, layers


def gradient_by_position(model: Decoder, ids: Tensor, masks: list[Tensor], seed: int) -> Tensor:
    """‖∂(r · x_last) / ∂ embedding‖ for a random direction r, each position's share of the sum: (T,)."""
    with torch.enable_grad():
        embedded = model.embedding(ids).detach().requires_grad_()
        x = through(model, positioned(model, embedded), masks)[0][0, -1]
        (gradient,) = torch.autograd.grad(x @ normal(len(x), seed=seed).to(x.device), embedded)
    norms = gradient[0].norm(dim=-1)
    return norms / norms.sum()


@memo
def facts(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    return facts_asked_again(seed)


def told(
    seed: int, window: int, layers: Layers, sinks: int, device: str
) -> tuple[Decoder, tuple[Tensor, ...], list[Tensor]]:
    """The tiny world's decoder, facts that are asked again, and what each of its layers may attend to."""
    model = pretrained(CHECKPOINT, device)
    asked = tuple(part.to(device) for part in facts(seed))
    return model, asked, masks_of(window, layers, sinks, asked[0].shape[1], len(model.blocks), device)


@memo
def hindsight(seed: int, window: int, layers: Layers, sinks: int, device: str) -> Tensor:
    """On which positions the last output of a model with this window depends; no typed text has a part in it."""
    model, (ids, _, _), masks = told(seed, window, layers, sinks, device)
    return gradient_by_position(model, ids[:1], masks, seed)


@memo
def recalled(seed: int, window: int, layers: Layers, sinks: int, device: str, texts: int | None = None) -> Recall:
    """What a model with this window knows of facts that were told, in all the texts or the first few."""
    model, asked, masks = told(seed, window, layers, sinks, device)
    ids, answers, distance = (part[:texts] for part in asked)
    x, _ = through(unwatched(model), model.embedding(ids), masks)
    asking = x.gather(1, (answers - 1)[..., None].expand(-1, -1, x.shape[-1]))  # (B, P, D)
    p, city = model.unembed(asking).softmax(dim=-1), ids.gather(1, answers)
    right = p.gather(-1, city[..., None])[..., 0]
    return Recall(distance.flatten(), right.flatten(), (p.argmax(dim=-1) == city).flatten())


@memo
def loss_given(checkpoint: str, given: int, window: int, seed: int, device: str) -> Tensor:
    """Mean loss of held-out tokens after so many given ones, in nats per token: ()."""
    texts = new_texts(checkpoint, "evaluation", seed, ROWS, GIVEN[-1] + 1)
    return loss_of_last(pretrained(checkpoint, device), texts.to(device), given, window).mean()


def gains(name: str, seed: int, device: str) -> Tensor:
    """Nats by which the loss falls as more tokens than the window are given: (GIVEN,)."""
    checkpoint, window = DECODERS[name]
    layers = len(pretrained(checkpoint, device).blocks)
    farthest = reach(layers, window) if window else GIVEN[-1]  # what is further away changes nothing
    losses = [
        loss_given(checkpoint, min(given, farthest), window if given > window else 0, seed, device) for given in GIVEN
    ]
    return torch.stack([losses[0] - loss for loss in losses])
