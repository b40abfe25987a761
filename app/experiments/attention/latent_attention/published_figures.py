"""The figures of latent attention for a published model, which has grouped queries already."""

import numpy as np
from torch import Tensor

from app.experiments.attention.latent_attention.published import PublishedLatents
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from visualizers.distribution import bars
from visualizers.matrix import tiles
from visualizers.theme import ACCENT, INK_3


def published_figures(result: PublishedLatents, metrics: Measurements) -> Figures:
    return {"maps": _maps(result, metrics), "bytes": _bytes(result, metrics), "loss": _loss(result, metrics)}


def three_ways(layer: int, maps: Tensor, text: str) -> Figure:
    """Maps of a layer (3, H, T, T): as trained, of keys expanded from latents, absorbed."""
    heads = maps.shape[1]
    drawn = tiles(
        maps.numpy(),
        row_labels=["trained", "expanded", "absorbed"],
        column_labels=["head 0", *map(str, range(1, heads))],
    ).update_layout(margin={"l": 66, "r": 4, "t": 22, "b": 6})
    return Figure(
        title=f"Layer {layer}: {heads} heads as trained, and made from one latent per token",
        caption="Each tile is one head’s map: rows are queries, columns keys. Expanded and absorbed form must agree.",
        text=text,
        plot=drawn,
        height=300,
    )


def _maps(result: PublishedLatents, metrics: Measurements) -> Figure:
    apart = number(metrics["absorbed_minus_expanded_logits"])
    return three_ways(result.layer, result.maps, f"On your text the two forms differ by at most {apart} in a logit.")


def _bytes(result: PublishedLatents, metrics: Measurements) -> Figure:
    all_heads = result.own_bytes * result.heads / result.kv_heads
    names = [f"{result.heads} K/V heads", f"{result.kv_heads} as trained", "latent"]
    left = np.array([all_heads, result.own_bytes, result.latent_bytes]) / all_heads
    return Figure(
        title="Share of the cache that is left",
        caption="Measured: {accent|this latent} and {ink-3|heads}. The model caches few heads already.",
        text=(
            f"A token keeps {number(metrics['cached_values'])} values per layer instead of"
            f" {number(metrics['full_cached_values'])}."
        ),
        plot=bars(left, labels=names, colours=[INK_3, INK_3, ACCENT], y_range=(0, 1.15)),
        height=280,
        half=True,
    )


def _loss(result: PublishedLatents, metrics: Measurements) -> Figure:
    losses = np.nan_to_num(np.array([result.full_loss, result.loss]))
    return Figure(
        title="Loss of your text, nats per token",
        caption="{ink-3|As trained} and with {accent|the latent}, fitted to another text. No training has followed.",
        text=(
            f"{number(metrics['cached_values'])} values of a latent add {number(metrics['text_added_loss_nats'])} nats"
            " per token."
            if "text_added_loss_nats" in metrics
            else "One token has no loss."
        ),
        plot=bars(
            losses, labels=["trained", "latent"], colours=[INK_3, ACCENT], y_range=(0, max(1.0, 1.15 * losses.max()))
        ),
        height=280,
        half=True,
    )
