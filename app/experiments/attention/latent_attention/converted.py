"""The trained multi-head model with latent attention in its place, made once for each setting, and its cost."""

import copy
from typing import Literal, cast

from torch import Tensor

from app.experiments.attention.calibration import CHECKPOINT, calibration
from app.experiments.attention.quality_cost import LENGTH, ROWS, QualityCost, new_texts, quality_cost
from app.experiments.memo import memo
from models.attention.grouped_query import GroupedQueryAttention
from models.attention.latent import AbsorbedLatentAttention, MultiHeadLatentAttention
from models.attention.latent_conversion import to_latent, to_rotated_latent
from models.language.pretrained_decoders import pretrained
from models.transformer.decoder import Decoder

Rotated = Literal["a separate key", "the expanded keys"]


@memo
def converted(kind: type[MultiHeadLatentAttention], latent: int, rotary: int, rotated: Rotated, device: str) -> Decoder:
    """The trained model with latent attention in every layer; what is not changed is shared with it."""
    model = pretrained(CHECKPOINT, device)
    changed = copy.deepcopy(model, {id(weight): weight for weight in model.parameters()})
    for block, C in zip(changed.blocks, calibration(device), strict=True):
        old = cast(GroupedQueryAttention, block.attention)
        if rotated == "the expanded keys":
            block.attention = to_rotated_latent(kind, old, C, latent)
        else:
            block.attention = to_latent(kind, old, C, latent, rotary, model.config.context)
    return changed.requires_grad_(False)


@memo
def latent_cost(latent: int, rotary: int, rotated: Rotated, seed: int, device: str) -> QualityCost:
    return quality_cost(converted(MultiHeadLatentAttention, latent, rotary, rotated, device), CHECKPOINT, seed, device)


@memo
def forms_apart(latent: int, rotary: int, rotated: Rotated, seed: int, device: str) -> float:
    """The largest difference of a logit on held-out texts, absorbed from expanded."""
    new = new_texts(CHECKPOINT, "evaluation", seed, ROWS, LENGTH).to(device)
    forms = (MultiHeadLatentAttention, AbsorbedLatentAttention)
    expanded, absorbed = (converted(form, latent, rotary, rotated, device)(new)[0] for form in forms)
    return (expanded - absorbed).abs().max().item()


def cached_bytes(model: Decoder, ids: Tensor) -> float:
    """Bytes per token and layer that the cache holds after a text."""
    cache = model.new_cache()
    model(ids, cache)
    return cache.bytes() / ids.shape[1] / model.config.layers
