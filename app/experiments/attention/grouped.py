"""One trained multi-head model whose key/value heads are pooled: who shares what, bytes kept, loss added."""

import copy
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Experiment, Figure, Figures, Measurements, Sentence
from app.experiments.reading import read_document
from models.attention.grouped_query import pool_key_value_heads, share
from models.data.corpus import documents
from models.language.evaluation import token_losses
from models.language.pretrained import pretrained
from models.language.tokenizer import END, ids_of
from models.serving.model_shapes import SHAPES
from models.transformer.decoder import Decoder
from visualizers.distribution import bars, grouped_bars
from visualizers.groups import shared_heads
from visualizers.theme import ACCENT, INK_3, SERIES

LONGEST = 24
HEADS = (8, 4, 2, 1)
ROWS, LENGTH = 4, 64  # texts that the loss is taken over, at the length the model was trained at
PUBLISHED = (SHAPES["Mistral 7B"], SHAPES["Llama 2 70B"])


class GroupedControls(Controls):
    sentence: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Sentence")
    kv_heads: Literal[8, 4, 2, 1] = Field(
        2, title="Key/value heads G", description="Of 8 query heads; 1 is multi-query attention"
    )
    keep: Literal["mean", "first"] = Field(
        "mean", title="A group keeps", description="The mean of its heads, or its first head"
    )
    cache: Literal["shared", "repeated"] = Field(
        "shared", title="Cache holds", description="Shared heads, or one copy a query head"
    )
    layer: int = Field(1, ge=0, le=2, title="Layer of the maps", json_schema_extra=MORE)


class GroupedResult(NamedTuple):
    controls: GroupedControls
    pieces: list[str]
    before: Tensor  # (H, T, T) weights with a key/value head for every query head
    after: Tensor  # (H, T, T)
    bytes: dict[int, float]  # key/value heads → bytes a token, measured from the cache
    costs: dict[str, dict[int, tuple[float, float]]]  # what a group keeps → key/value heads → nats, change of forecasts
    parameters: int
    notices: list[str]


def first_heads(weight: Tensor, heads: int, kept: int) -> Tensor:
    """The projection of the first head of each group: (heads·K, D) → (kept·K, D)."""
    return weight.unflatten(0, (kept, heads // kept, -1))[:, 0].flatten(0, 1)


@lru_cache(maxsize=16)
def pooled(kv_heads: int, keep: str, device: str) -> Decoder:
    """The trained model with that many key/value heads a layer; what is not changed is shared with it."""
    model = pretrained("decoder_multi_head", device)
    changed = copy.deepcopy(model, {id(weight): weight for weight in model.parameters()})
    for block in changed.blocks:
        heads = block.attention.kv_heads
        firsts = [first_heads(layer.weight, heads, kv_heads) for layer in (block.attention.to_k, block.attention.to_v)]
        block.attention = pool_key_value_heads(block.attention, kv_heads)
        if keep == "first":
            block.attention.to_k.weight.data, block.attention.to_v.weight.data = firsts
    return changed.requires_grad_(False)


@lru_cache(maxsize=16)
def held_out_rows(seed: int) -> Tensor:
    """Texts of every kind, of combinations that training never showed, packed: (ROWS, LENGTH)."""
    texts, ids = documents("base", seed, split="held_out"), [END]
    while len(ids) < ROWS * LENGTH:
        ids += [*ids_of(next(texts)), END]
    return torch.tensor(ids[: ROWS * LENGTH]).view(ROWS, LENGTH)


@lru_cache(maxsize=2)
def full_logits(seed: int, device: str) -> Tensor:
    """Of the held-out texts, by the model as it was trained: (B, T, V)."""
    return pretrained("decoder_multi_head", device)(held_out_rows(seed).to(device))[0]


@lru_cache(maxsize=256)
def cost(kv_heads: int, keep: str, seed: int, device: str) -> tuple[float, float]:
    """Nats a token on the held-out texts, and how far the forecasts are from the full model's, 0 to 1."""
    full, ids = full_logits(seed, device), held_out_rows(seed).to(device)
    logits = full if kv_heads == HEADS[0] else pooled(kv_heads, keep, device)(ids)[0]
    moved = (logits.softmax(dim=-1) - full.softmax(dim=-1)).abs().sum(dim=-1).mean() / 2
    return token_losses(logits, ids).mean().item(), moved.item()


def cached_bytes(model: Decoder, ids: Tensor, repeated: bool) -> float:
    """Bytes a token of a cache that has read the text: its live tensors, each repeated for every query head if asked."""
    cache = model.new_cache()
    model(ids, cache)
    tensors = [held for layer in cache.layers for held in layer.tensors()]
    if repeated:
        tensors = [share(held, model.config.heads).contiguous() for held in tensors]
    return sum(held.nelement() * held.element_size() for held in tensors) / ids.shape[1]


@torch.no_grad()
def run(controls: GroupedControls, device: str) -> GroupedResult:
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    models = {heads: pooled(heads, controls.keep, device) for heads in HEADS}
    maps = [models[heads](text.ids)[1].weights[controls.layer][0] for heads in (HEADS[0], controls.kv_heads)]
    costs = {keep: {heads: cost(heads, keep, controls.seed, device) for heads in HEADS} for keep in ("mean", "first")}
    return GroupedResult(
        controls,
        text.pieces,
        *maps,
        {heads: cached_bytes(model, text.ids, controls.cache == "repeated") for heads, model in models.items()},
        costs,
        sum(parameter.numel() for parameter in models[controls.kv_heads].parameters()),
        text.notices,
    )


def measure(result: GroupedResult) -> Measurements:
    G, keep = result.controls.kv_heads, result.controls.keep
    full, costs = result.bytes[HEADS[0]], result.costs
    loss, moved = costs[keep][G]
    full_loss, _ = costs[keep][HEADS[0]]
    return {
        "cache_bytes": result.bytes[G],
        "full_cache_bytes": full,
        "times_smaller": full / result.bytes[G],
        "times_smaller_over_group_size": full / result.bytes[G] / (HEADS[0] / G),
        "loss_nats": loss,
        "full_loss_nats": full_loss,
        "added_loss_nats": loss - full_loss,
        "first_head_minus_mean_loss_nats": costs["first"][G][0] - costs["mean"][G][0],
        "mean_forecast_change": moved,
    }


def draw(result: GroupedResult) -> Figures:
    controls, numbers = result.controls, measure(result)
    G, size = controls.kv_heads, HEADS[0] // controls.kv_heads
    shares = [result.bytes[heads] / result.bytes[HEADS[0]] for heads in HEADS]
    shares += [shape.cache_bytes(1) / shape.cache_bytes(1, kv_heads=shape.heads) for shape in PUBLISHED]
    real = " and ".join(f"{shape.cache_bytes(1):,.0f} in {shape.name}" for shape in PUBLISHED)
    return {
        "maps": Figure(
            title=f"Layer {controls.layer}: eight query heads, then the same eight on {G} key/value head{'s' * (G > 1)}",
            caption="A frame holds the heads that read the same keys and values. Their queries still differ, so do their maps.",
            text=(
                f"{size} query heads share each key/value head; on held-out texts the forecasts of the next token move"
                f" by {numbers['mean_forecast_change']:.2g} (0 is not at all, 1 entirely)."
            ),
            plot=shared_heads(torch.stack([result.before, result.after]).numpy(), groups=G, row_labels=["8", str(G)]),
            height=230,
        ),
        "bytes": Figure(
            title="Cache that is left, as a share of one head each",
            caption="{accent|Measured here} for 8, 4, 2 and 1 key/value heads; {c2|published} shapes beside them.",
            text=(
                f"A token's keys and values take {numbers['cache_bytes']:,.0f} bytes with G = {G}, {numbers['times_smaller']:g} times"
                f" fewer than {numbers['full_cache_bytes']:,.0f}; at 16 bits a value it is {real}."
            ),
            plot=bars(
                np.array(shares),
                labels=[*(f"8/{heads}" for heads in HEADS), *(f"{s.name} {s.heads}/{s.kv_heads}" for s in PUBLISHED)],
                colours=[ACCENT if heads == G else INK_3 for heads in HEADS] + [SERIES[1]] * len(PUBLISHED),
                y_range=(0, 1.15),
            ),
            height=260,
            half=True,
        ),
        "loss": Figure(
            title="Loss of held-out text, nats a token",
            caption="Pooled, not trained again: {c1|the mean} of each group, or {c2|its first head}.",
            text=(
                f"Loss is {numbers['full_loss_nats']:.3g} with every head its own and {numbers['loss_nats']:.3g} with {G},"
                f" with no step of training after."
            ),
            plot=grouped_bars(
                {keep: np.array([result.costs[keep][heads][0] for heads in HEADS]) for keep in ("mean", "first")},
                labels=[str(heads) for heads in HEADS],
                x_title="key/value heads",
            ),
            height=260,
            half=True,
        ),
    }


EXPERIMENT = Experiment(
    "grouped-query", GroupedControls, run, measure, draw,
    badge="trained toy", parameters=lambda result: result.parameters, notices=lambda result: result.notices,
)  # fmt: skip
