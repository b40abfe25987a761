"""A published model with grouped queries, converted to latent attention: its maps, its cache, the loss of a text."""

import copy
from functools import lru_cache
from typing import NamedTuple, cast

import torch
from torch import Tensor

from app.experiments.attention.shared_heads import cached_bytes
from app.experiments.base import Measurements
from app.experiments.memo import memo
from app.experiments.text_model import text_model
from models.attention.grouped_latent_conversion import regularised, to_grouped_latent
from models.attention.grouped_query import GroupedQueryAttention
from models.attention.latent import AbsorbedLatentAttention, MultiHeadLatentAttention
from models.language.evaluation import token_losses
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.position.rope import RoPE
from models.transformer.decoder import Decoder, DecoderBlock

CALIBRATION = (
    "The harbour master kept two ledgers. In the first he wrote the ships as they came in, with their cargo and their"
    " masters. In the second he wrote what he thought of them. Water boils at one hundred degrees at sea level, and"
    " freezes at zero. In 1969 two people walked on the moon; the third stayed in orbit. To make bread you need flour,"
    " water, salt and yeast. Mix them, let the dough rest for an hour, and bake it until the crust is brown. The"
    " capital of Spain is Madrid, and the longest river of Egypt is the Nile. She said that she would come on Friday,"
    " but nobody believed her. def add(a, b): return a + b. A cat is a small animal that sleeps most of the day."
    " Prices rose by three percent last year, while wages stayed the same. Dear Anna, thank you for your letter."
)
"""What the conversion is fitted to: a few words of many kinds."""
MOST = 256  # tokens of it
LONGEST = 64  # distances over which a rotation counts


class PublishedLatents(NamedTuple):
    """One model three ways."""

    layer: int
    heads: int
    kv_heads: int
    maps: Tensor  # (3, H, T, T) as trained; keys expanded from latents; absorbed
    difference: float  # largest of any logit of the text, absorbed from expanded
    own_bytes: float  # per token and layer, measured from the cache
    latent_bytes: float
    full_loss: float  # nats per token of the text
    loss: float
    moved: float
    parameters: int
    notices: list[str]


@memo
@torch.no_grad()
def calibration(name: str, device: str) -> list[Tensor]:
    """E[x xᵀ] of what each layer's attention reads of CALIBRATION, (D, D) per layer."""
    reader = text_model(name, device)
    vocabulary = reader.vocabulary
    ids = [] if vocabulary is None else vocabulary.encode(CALIBRATION, MOST, "calibration").ids
    _, trace = reader.decoder(torch.tensor([ids], device=device))
    norms = [cast(DecoderBlock, block).attention_norm for block in reader.decoder.blocks]
    read = [norm(x).flatten(0, 1).double().cpu() for norm, x in zip(norms, trace.residual)]
    return [regularised(x.T @ x / len(x)) for x in read]


class Forms(NamedTuple):
    """The converted model in both forms, of the same weights."""

    expanding: Decoder
    absorbed: Decoder


@lru_cache(maxsize=1)  # half a model, too large for what memo keeps
@torch.no_grad()
def converted(name: str, latent: int, rotary: int, device: str) -> Forms:
    """The model with latent attention in every layer; what is not changed is shared with it."""
    model = text_model(name, device).decoder
    weights = {id(weight): weight for weight in model.parameters()}
    forms = Forms(copy.deepcopy(model, dict(weights)), copy.deepcopy(model, dict(weights)))
    for block, other, C in zip(forms.expanding.blocks, forms.absorbed.blocks, calibration(name, device), strict=True):
        old = cast(GroupedQueryAttention, block.attention)
        most, width = old.to_k.out_features, old.to_q.out_features // old.heads
        R, P = min(latent, 2 * most), min(rotary, most)
        position = cast(RoPE, model.position)
        block.attention = to_grouped_latent(MultiHeadLatentAttention, old, position, C, R, P, LONGEST).to(device)
        other.attention = AbsorbedLatentAttention(len(C), old.heads, width, R, P, block.attention.position)
        other.attention.load_state_dict(block.attention.state_dict(), assign=True)
    for form in forms:
        form.requires_grad_(False)
    return forms


@torch.no_grad()
def published(
    name: str, sentence: str, longest: int, layer: int, latent: int, rotary: int, device: str
) -> PublishedLatents:
    reader = text_model(name, device)
    full, ids = reader.decoder, reader.read(sentence, longest, "sentence")
    expanding, absorbed = converted(name, latent, rotary, device)
    runs = [model(ids.ids) for model in (full, expanding, absorbed)]
    first, other, third = (logits for logits, _ in runs)
    return PublishedLatents(
        layer,
        full.config.heads,
        full.config.kv_heads,
        torch.stack([trace.weights[layer][0] for _, trace in runs]),
        (third - other).abs().max().item(),
        cached_bytes(full, ids.ids) / full.config.layers,
        cached_bytes(expanding, ids.ids) / full.config.layers,
        token_losses(first, ids.ids).mean().item(),
        token_losses(other, ids.ids).mean().item(),
        total_variation(first.softmax(dim=-1), other.softmax(dim=-1)).mean().item(),
        parameter_count(expanding),
        [*ids.notices, f"{full.config.heads} query heads on {full.config.kv_heads} key/value heads"],
    )


def measure_published(result: PublishedLatents) -> Measurements:
    found = {
        "cached_values": result.latent_bytes / 4,
        "full_cached_values": result.own_bytes / 4,
        "cache_bytes": result.latent_bytes,
        "times_smaller": result.own_bytes / result.latent_bytes,
        "absorbed_minus_expanded_logits": result.difference,
        "prediction_change": result.moved,
    }
    if result.maps.shape[-1] < 2:
        return found
    return found | {"text_full_loss_nats": result.full_loss, "text_added_loss_nats": result.loss - result.full_loss}
