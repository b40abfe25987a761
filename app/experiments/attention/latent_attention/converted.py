"""The trained multi-head model with latent attention in its place, made once for each setting, and its cost."""

from typing import Literal

from torch import Tensor

from app.experiments.attention.calibration import CHECKPOINT, refitted
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

    def fit(attention: GroupedQueryAttention, C: Tensor) -> MultiHeadLatentAttention:
        if rotated == "the expanded keys":
            return to_rotated_latent(kind, attention, C, latent)
        return to_latent(kind, attention, C, latent, rotary, pretrained(CHECKPOINT, device).config.context)

    return refitted(fit, device)


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
