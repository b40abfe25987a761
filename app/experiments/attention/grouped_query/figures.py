"""The three figures of grouped queries: the maps of heads that share, the cache that is left, the loss."""

import numpy as np

from app.experiments.attention.grouped_query.run import (
    GroupedResult,
)
from app.experiments.base import Figure, Figures, Measurements
from models.serving.model_shapes import SHAPES
from visualizers.distribution import bars, grouped_bars
from visualizers.heads import shared_heads
from visualizers.theme import ACCENT, INK_3, SERIES

PUBLISHED = (SHAPES["Mistral 7B"], SHAPES["Llama 2 70B"])


def figures(result: GroupedResult, numbers: Measurements) -> Figures:
    return {"maps": _maps(result, numbers), "bytes": _bytes(result, numbers), "loss": _loss(result, numbers)}


def _maps(result: GroupedResult, numbers: Measurements) -> Figure:
    heads, G = len(result.before), result.controls.kv_heads
    return Figure(
        title=f"Layer {result.controls.layer}: eight query heads, and the same eight with {_heads(G)} to read",
        caption="A frame holds the query heads that share keys and values. Queries still differ, so maps do.",
        text=(
            f"{heads // G} query heads read each key/value head, and on new texts the forecasts of the next token move"
            f" by {numbers['mean_forecast_change']:.2g}, where 1 would be entirely."
        ),
        plot=shared_heads(
            np.stack([result.before.numpy(), result.after.numpy()]), groups=G, row_labels=[f"{heads} K/V", f"{G} K/V"]
        ),
        height=230,
    )


def _bytes(result: GroupedResult, numbers: Measurements) -> Figure:
    G, full = result.controls.kv_heads, max(result.bytes.values())
    heads = max(result.bytes)
    names = [f"{heads}/{kept}" for kept in result.bytes]
    names += [f"{shape.heads}/{shape.kv_heads}<br>" + "<br>".join(shape.name.rsplit(" ", 1)) for shape in PUBLISHED]
    left = [held / full for held in result.bytes.values()]
    left += [shape.cache_bytes(1) / shape.cache_bytes(1, kv_heads=shape.heads) for shape in PUBLISHED]
    real = " and ".join(f"{shape.cache_bytes(1):,.0f} in {shape.name}" for shape in PUBLISHED)
    drawn = bars(
        np.array(left),
        labels=names,
        colours=[ACCENT if kept == G else INK_3 for kept in result.bytes] + [SERIES[1]] * len(PUBLISHED),
        y_range=(0, 1.15),
    )
    drawn.update_xaxes(ticktext=names).update_layout(margin={"b": 54})  # two lines for a published name
    return Figure(
        title="Share of the cache that is left",
        caption=(
            "Query heads / key/value heads, {accent|yours} and {ink-3|others} measured here; {c2|published} models"
            " beside them."
        ),
        text=(
            f"A token's keys and values take {numbers['cache_bytes']:,.0f} bytes here, {numbers['times_smaller']:g}"
            f" times fewer than {numbers['full_cache_bytes']:,.0f}; at 16 bits a value, {real}."
        ),
        plot=drawn,
        height=260,
        half=True,
    )


def _loss(result: GroupedResult, numbers: Measurements) -> Figure:
    G = result.controls.kv_heads
    groups = {keep: np.array(list(losses.values())) for keep, losses in result.losses.items()}
    after = "no training has followed"
    if result.controls.steps:
        kept = list(result.bytes)
        groups["trained on"] = np.array([result.trained_loss if heads == G else np.nan for heads in kept])
        after = (
            f"{result.steps} steps of training have brought it to {result.trained_loss:.3g} and won back"
            f" {numbers['won_back_percent']:.0f} % of what was lost"
        )
    return Figure(
        title="Loss on new texts, nats a token",
        caption=(
            "Each group keeps {c1|the mean} of its heads, or {c2|the first}."
            + (" {c3|Trained on}: the model above." if result.controls.steps else " Set steps to train it on.")
        ),
        text=(
            f"Pooling to {_heads(G)} moves the loss from {numbers['full_loss_nats']:.3g} to"
            f" {numbers['full_loss_nats'] + numbers['added_loss_nats']:.3g}; {after}."
        ),
        plot=grouped_bars(groups, labels=list(map(str, result.bytes)), x_title="key/value heads"),
        height=260,
        half=True,
    )


def _heads(count: int) -> str:
    return "one key/value head" if count == 1 else f"{count} key/value heads"
