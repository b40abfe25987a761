"""One trained multi-head model whose key/value heads are pooled: sharing, bytes, loss added and won back."""

import copy
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple, cast

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.quality_cost import QualityCost, new_texts, quality_cost
from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.text import read_document
from models.attention.grouped_query import GroupedQueryAttention, pool_key_value_heads, repeat_kv
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.training.uptraining import uptrain
from models.transformer.decoder import Decoder

CHECKPOINT, HEADS = "decoder_multi_head", (8, 4, 2, 1)
LONGEST = 20  # tokens of the text: eight maps of that size stand side by side
LENGTH, BATCH, SHOW_EVERY = 64, 8, 5


class GroupedControls(Controls):
    sentence: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Sentence")
    kv_heads: Literal[8, 4, 2, 1] = Field(
        2, title="Key/value heads G", description="For 8 query heads; 1 is multi-query"
    )
    keep: Literal["mean", "first"] = Field("mean", title="A group keeps", description="Its heads’ mean, or its first")
    cache: Literal["shared", "repeated"] = Field("shared", title="Cache", description="Repeated: a copy a query head")
    steps: int = Field(0, ge=0, le=40, multiple_of=5, title="Train on, steps", description="On new texts, live")
    layer: int = Field(1, ge=0, le=2, title="Layer of the maps", json_schema_extra=MORE)


class GroupedResult(NamedTuple):
    controls: GroupedControls
    before: Tensor  # (H, T, T) weights with a key/value head for every query head
    after: Tensor  # (H, T, T)
    bytes: dict[int, float]  # key/value heads → bytes a token, measured from the cache
    losses: dict[str, dict[int, float]]  # what a group keeps → key/value heads → nats a token of new texts
    moved: float  # half the summed change of the next token's probabilities, mean over the new texts
    steps: int  # of further training so far
    trained_loss: float  # nats a token after them
    parameters: int
    notices: list[str]


def first_heads(weight: Tensor, heads: int, kept: int) -> Tensor:
    """The projection of the first head of each group: (heads·K, D) → (kept·K, D)."""
    return weight.unflatten(0, (kept, heads // kept, -1))[:, 0].flatten(0, 1)


@lru_cache(maxsize=16)
def pooled(kv_heads: int, keep: str, device: str) -> Decoder:
    """The trained model with that many key/value heads a layer; what is not changed is shared with it."""
    model = pretrained(CHECKPOINT, device)
    changed = copy.deepcopy(model, {id(weight): weight for weight in model.parameters()})
    for block in changed.blocks:
        old = cast(GroupedQueryAttention, block.attention)
        block.attention = new = pool_key_value_heads(old, kv_heads)
        if keep == "first":
            new.to_k.weight.data = first_heads(old.to_k.weight, old.kv_heads, kv_heads)
            new.to_v.weight.data = first_heads(old.to_v.weight, old.kv_heads, kv_heads)
    return changed.requires_grad_(False)


@lru_cache(maxsize=64)
def pooled_costs(seed: int, device: str) -> dict[str, dict[int, QualityCost]]:
    """What a group keeps → key/value heads → price."""
    return {
        keep: {heads: quality_cost(pooled(heads, keep, device), CHECKPOINT, seed, device) for heads in HEADS}
        for keep in ("mean", "first")
    }


def cached_bytes(model: Decoder, ids: Tensor, repeated: bool) -> float:
    """Bytes a token that a cache holds after the text: its live tensors, or one copy of them for every query head."""
    cache = model.new_cache()
    model(ids, cache)
    tensors = [held for layer in cache.layers for held in layer.tensors()]
    if repeated:
        tensors = [repeat_kv(held, model.config.heads).contiguous() for held in tensors]
    return sum(held.nelement() * held.element_size() for held in tensors) / ids.shape[1]


@torch.no_grad()
def look(controls: GroupedControls, device: str, model: Decoder, steps: int) -> GroupedResult:
    """Everything that is shown of ``model``, the pooled one after some ``steps`` of further training."""
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    full = pretrained(CHECKPOINT, device)
    models = {heads: pooled(heads, controls.keep, device) for heads in HEADS}
    costs = pooled_costs(controls.seed, device)
    loss, moved = (
        quality_cost(model, CHECKPOINT, controls.seed, device) if steps else costs[controls.keep][controls.kv_heads]
    )
    return GroupedResult(
        controls,
        full(text.ids)[1].weights[controls.layer][0],
        model(text.ids)[1].weights[controls.layer][0],
        {heads: cached_bytes(one, text.ids, controls.cache == "repeated") for heads, one in models.items()},
        {keep: {heads: loss for heads, (loss, _) in found.items()} for keep, found in costs.items()},
        moved,
        steps,
        loss,
        parameter_count(model),
        text.notices,
    )


def run(controls: GroupedControls, device: str) -> GroupedResult | Iterator[GroupedResult]:
    start = pooled(controls.kv_heads, controls.keep, device)
    return training(controls, device, start) if controls.steps else look(controls, device, start, 0)


def training(controls: GroupedControls, device: str, start: Decoder) -> Iterator[GroupedResult]:
    """The pooled model before, while and after it is trained on."""
    yield look(controls, device, start, 0)
    model = copy.deepcopy(start).requires_grad_(True)
    rows = new_texts(CHECKPOINT, "further training", controls.seed, controls.steps * BATCH, LENGTH).to(device)
    for step in uptrain(model, rows, BATCH):
        if step % SHOW_EVERY == 0:
            yield look(controls, device, model, step)


def measure(result: GroupedResult) -> Measurements:
    G, losses = result.controls.kv_heads, result.losses
    held, all_heads, full = result.bytes[G], result.bytes[HEADS[0]], losses["mean"][HEADS[0]]
    added = losses[result.controls.keep][G] - full
    return {
        "cache_bytes": held,
        "full_cache_bytes": all_heads,
        "times_smaller": all_heads / held,
        "times_smaller_over_group_size": all_heads / held / (HEADS[0] / G),
        "full_loss_nats": full,
        "loss_nats": result.trained_loss,
        "added_loss_nats": added,
        "first_head_minus_mean_loss_nats": losses["first"][G] - losses["mean"][G],
        "won_back_percent": 100 * (full + added - result.trained_loss) / added if added else 0.0,
        "mean_forecast_change": result.moved,
    }
