"""What the models with a sink say of long streams and of questions, behind any cache; cached, as runs share them."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.attention.masks import causal_mask, sliding_window_mask
from models.data.bigram_backcopy import LENGTH, best_losses, questions, texts
from models.language.evaluation import token_losses
from models.language.pretrained_text_models import sink_former
from models.seeding import generator
from models.training.sinks import SNAPSHOTS, dormant_share, value_norm

ROWS, STREAM = 2, 1024
OTHERS = 20  # old tokens kept instead of the first ones start here
ASKED, SHORT = 256, 16  # texts that end with a question, and short ones

Keep = Literal["the first tokens", "other old tokens", "everything"]
Places = Literal["in the cache", "in the stream"]


class Cache(NamedTuple):
    """A model and the cache that it reads through: ``slots`` tokens, ``sinks`` of them old."""

    layers: int
    trained: int
    slots: int
    sinks: int
    keep: Keep
    places: Places


def logits(cache: Cache, ids: Tensor) -> Tensor:
    """What the model says behind that cache of every symbol of ids (B, T): (B, T, V)."""
    device, first = str(ids.device), 0 if cache.keep == "the first tokens" else OTHERS
    kept, window = range(first, first + cache.sinks), cache.slots - cache.sinks
    model = sink_former(cache.layers, cache.trained, device)
    if cache.keep == "everything":
        return model(ids)[0]
    if cache.places == "in the cache":
        return sink_former(cache.layers, cache.trained, device, window, kept)(ids)[0]
    T, t = ids.shape[1], torch.arange(ids.shape[1], device=ids.device)
    held = causal_mask(T, device=ids.device) & (t >= kept.start) & (t < kept.stop)
    return model(ids, held | sliding_window_mask(T, window, device=ids.device))[0]


@memo
def stream(seed: int, device: str) -> Tensor:
    """Long texts without a fact, (ROWS, STREAM)."""
    return texts(ROWS, STREAM, generator(seed), told=False).to(device)


@memo
@torch.inference_mode()
def excess(cache: Cache, seed: int, device: str) -> Tensor:
    """Nats above the best possible at each place of the stream, mean over its rows: (STREAM − 1,)."""
    ids = stream(seed, device)
    return (token_losses(logits(cache, ids), ids) - best_losses(ids)).mean(dim=0)


@memo
@torch.inference_mode()
def recall(cache: Cache, distance: int, seed: int, device: str) -> float:
    """The share of questions that are answered with the fact, told ``distance`` symbols before."""
    ids = questions(distance, ASKED, generator(seed)).to(device)
    return (logits(cache, ids)[:, -1].argmax(dim=-1) == ids[:, -1 - distance]).float().mean().item()


@memo
@torch.inference_mode()
def formation(layers: int, seed: int, device: str) -> tuple[Tensor, Tensor]:
    """Share and value norm of the first symbol in every layer, at every point of the training: (SNAPSHOTS, L)."""
    ids = texts(SHORT, LENGTH, generator(seed)).to(device)
    traces = [sink_former(layers, snapshot, device)(ids)[1].layers for snapshot in range(len(SNAPSHOTS))]
    shares = [torch.cat([dormant_share(layer.weights, ids) for layer in trace]) for trace in traces]
    return torch.stack(shares), torch.stack([torch.cat([value_norm(layer.v) for layer in trace]) for trace in traces])
