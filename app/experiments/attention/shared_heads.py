"""The trained multi-head model with fewer key/value heads, made once for each setting, and what that costs."""

from typing import Literal, cast

from torch import Tensor

from app.experiments.attention.calibration import CHECKPOINT, refitted, sharing_weights
from app.experiments.attention.quality_cost import QualityCost, full_loss, quality_cost
from app.experiments.memo import memo
from models.attention.fitted_heads import fit_key_value_heads
from models.attention.grouped_query import GroupedQueryAttention, pool_key_value_heads, repeat_kv
from models.language.pretrained_decoders import pretrained
from models.transformer.decoder import Decoder

Kept = Literal["fitted", "mean", "first"]
KEPT: tuple[Kept, ...] = ("fitted", "mean", "first")
HEADS = (8, 4, 2, 1)
LONGEST = 20  # tokens of a text: eight maps of that size stand side by side


def first_heads(weight: Tensor, heads: int, kept: int) -> Tensor:
    """The projection of the first head of each group: (heads·K, D) → (kept·K, D)."""
    return weight.unflatten(0, (kept, heads // kept, -1))[:, 0].flatten(0, 1)


@memo
def pooled(kv_heads: int, keep: Kept, device: str) -> Decoder:
    """The trained model with that many key/value heads per layer; what is not changed is shared with it."""
    if keep == "fitted":
        return refitted(lambda attention, C: fit_key_value_heads(attention, kv_heads, C), device)
    return shared(pretrained(CHECKPOINT, device), kv_heads, keep)


def shared(model: Decoder, kv_heads: int, keep: Kept) -> Decoder:
    """The model whose groups of key/value heads share their mean or the first of them, without training."""
    changed = sharing_weights(model)
    for block in changed.blocks:
        old = cast(GroupedQueryAttention, block.attention)
        block.attention = new = pool_key_value_heads(old, kv_heads)
        if keep == "first":
            new.to_k.weight.data = first_heads(old.to_k.weight, old.kv_heads, kv_heads)
            new.to_v.weight.data = first_heads(old.to_v.weight, old.kv_heads, kv_heads)
    return changed.requires_grad_(False)


@memo
def pooled_costs(keep: Kept, seed: int, device: str) -> dict[int, QualityCost]:
    """Key/value heads → cost; with all of them there is none."""
    shared = {heads: quality_cost(pooled(heads, keep, device), CHECKPOINT, seed, device) for heads in HEADS[1:]}
    return {HEADS[0]: QualityCost(full_loss(CHECKPOINT, seed, device), 0.0), **shared}


def cached_bytes(model: Decoder, ids: Tensor, repeated: bool = False) -> float:
    """Bytes per token that a cache holds after the text: its tensors, or one copy of them for every query head."""
    cache = model.new_cache()
    model(ids, cache)
    tensors = [held for layer in cache.layers for held in layer.tensors()]
    if repeated:
        tensors = [repeat_kv(held, model.config.heads).contiguous() for held in tensors]
    return sum(held.nelement() * held.element_size() for held in tensors) / ids.shape[1]
