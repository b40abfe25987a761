"""The trained multi-head model with latent attention in its place: made once for every setting, and priced."""

import copy
from functools import lru_cache
from typing import Literal, cast

from torch import Tensor

from app.experiments.attention.grouped_query.run import CHECKPOINT
from app.experiments.attention.quality_cost import LENGTH, ROWS, QualityCost, new_texts, quality_cost
from models.attention.grouped_query import GroupedQueryAttention
from models.attention.latent import AbsorbedLatentAttention, MultiHeadLatentAttention
from models.attention.latent_conversion import to_latent, to_turned_latent
from models.language.pretrained_decoders import pretrained
from models.transformer.decoder import Decoder, DecoderBlock

CALIBRATION_ROWS = 24
Turned = Literal["a key of its own", "the expanded keys"]


@lru_cache(maxsize=2)
def calibration(device: str) -> list[Tensor]:
    """E[x xᵀ] of what each layer's attention reads, (D, D) a layer, over texts of the training's kinds."""
    model = pretrained(CHECKPOINT, device)
    _, trace = model(new_texts(CHECKPOINT, "calibration", 0, CALIBRATION_ROWS, LENGTH).to(device))
    norms = [cast(DecoderBlock, block).attention_norm for block in model.blocks]
    read = [norm(x).flatten(0, 1).double() for norm, x in zip(norms, trace.residual)]
    return [x.T @ x / len(x) for x in read]


@lru_cache(maxsize=48)
def converted(kind: type[MultiHeadLatentAttention], latent: int, rotary: int, turned: Turned, device: str) -> Decoder:
    """The trained model with latent attention in every layer; what is not changed is shared with it."""
    model = pretrained(CHECKPOINT, device)
    changed = copy.deepcopy(model, {id(weight): weight for weight in model.parameters()})
    for block, C in zip(changed.blocks, calibration(device), strict=True):
        old = cast(GroupedQueryAttention, block.attention)
        if turned == "the expanded keys":
            block.attention = to_turned_latent(kind, old, C, latent)
        else:
            block.attention = to_latent(kind, old, C, latent, rotary, model.config.context)
    return changed.requires_grad_(False)


@lru_cache(maxsize=128)
def latent_price(latent: int, rotary: int, turned: Turned, seed: int, device: str) -> QualityCost:
    return quality_cost(converted(MultiHeadLatentAttention, latent, rotary, turned, device), CHECKPOINT, seed, device)


@lru_cache(maxsize=64)
def forms_apart(latent: int, rotary: int, turned: Turned, seed: int, device: str) -> float:
    """The largest difference of any logit on the new texts, absorbed against expanded."""
    new = new_texts(CHECKPOINT, "evaluation", seed, ROWS, LENGTH).to(device)
    forms = (MultiHeadLatentAttention, AbsorbedLatentAttention)
    expanded, absorbed = (converted(form, latent, rotary, turned, device)(new)[0] for form in forms)
    return (expanded - absorbed).abs().max().item()


def cached_bytes(model: Decoder, ids: Tensor) -> float:
    """Bytes a token and layer that the live cache holds after a text."""
    cache = model.new_cache()
    model(ids, cache)
    return cache.bytes() / ids.shape[1] / model.config.layers
