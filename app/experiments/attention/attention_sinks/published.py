"""The same caches before a published language model, which reads a typed text: its sinks, layer by layer."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.attention.attention_sinks.streams import OTHERS, Keep
from app.experiments.base import Measurements
from app.experiments.memo import memo
from app.experiments.text_model import TextModel, text_model, token_limit
from models.attention.masks import causal_mask, sliding_window_mask
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.training.sinks import value_norm

SHOWN = 24  # tokens of the map


class PublishedSinks(NamedTuple):
    """What a published model makes of one text."""

    slots: int
    losses: dict[str, Tensor]  # cache → (T − 1,) nats per token
    shares: Tensor  # (L,) attention of later tokens on the first, mean over heads
    norms: Tensor  # (L,) length of the first token's value, over that of the others
    weights: Tensor  # (SHOWN, SHOWN) mean over all layers and heads
    pieces: list[str]
    parameters: int
    notices: list[str]


def visible(tokens: int, slots: int, sinks: int, keep: Keep) -> Tensor:
    """(T, T): a window and ``sinks`` old tokens, together ``slots``; everything with “everything”."""
    causal, t = causal_mask(tokens), torch.arange(tokens)
    if keep == "everything":
        return causal
    first = 0 if keep == "the first tokens" else OTHERS
    kept = causal & (t >= first) & (t < first + sinks)
    return kept | sliding_window_mask(tokens, slots - sinks)


@memo
@torch.inference_mode()
def losses(name: str, text: str, slots: int, sinks: int, keep: Keep, device: str) -> Tensor:
    """Nats of each token of the text but the first, read through that cache: (T − 1,)."""
    reader = text_model(name, device)
    ids = read(reader, text)[0]
    return token_losses(reader.decoder(ids, mask=visible(ids.shape[1], slots, sinks, keep).to(device))[0], ids)[0]


def read(reader: TextModel, text: str) -> tuple[Tensor, list[str], list[str]]:
    """Ids (1, T), their labels and what the reader is told."""
    found = reader.read(text, token_limit(), "text")
    return found.ids, found.pieces, found.notices


@torch.inference_mode()
def published(name: str, text: str, slots: int, sinks: int, keep: Keep, in_cache: bool, device: str) -> PublishedSinks:
    reader = text_model(name, device)
    ids, pieces, notices = read(reader, text)
    _, trace = reader.decoder(ids)
    weights = torch.stack(trace.weights)[:, 0]  # (L, H, T, T)
    compared: dict[str, tuple[int, Keep]] = {
        "full cache": (0, "everything"),
        "window only": (0, "the first tokens"),
        "others kept": (4, "other old tokens"),
        "one first kept": (1, "the first tokens"),
        "yours": (sinks, keep),
    }
    if in_cache:
        notices = [*notices, "places: a published model counts positions in the stream"]
    return PublishedSinks(
        slots,
        {kind: losses(name, text, slots, old, kept, device) for kind, (old, kept) in compared.items()},
        weights[:, :, 1:, 0].mean(dim=(1, 2)),
        torch.stack([value_norm(block.attention.v).mean() for block in trace.blocks]),
        weights.mean(dim=(0, 1))[:SHOWN, :SHOWN],
        pieces[:SHOWN],
        parameter_count(reader.decoder),
        notices,
    )


def measure_published(result: PublishedSinks) -> Measurements:
    """The losses behind the cache, from the first position at which the first token has left the window."""
    found = {
        "share_on_first": result.shares.mean().item(),
        "smallest_value_norm_over_others": result.norms.min().item(),
    }
    if len(result.losses["yours"]) < result.slots:
        return found
    far = {name: line[result.slots - 1 :].mean().item() for name, line in result.losses.items()}
    return found | {
        "text_loss_nats": far["yours"],
        "text_window_only_loss_nats": far["window only"],
        "text_one_first_kept_loss_nats": far["one first kept"],
        "text_others_kept_loss_nats": far["others kept"],
        "text_full_cache_loss_nats": far["full cache"],
    }
