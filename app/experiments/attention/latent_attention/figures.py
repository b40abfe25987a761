"""The three figures of latent attention: the same heads three ways, the cache that is left, loss against cache."""

import numpy as np

from app.experiments.attention.latent_attention.run import LatentResult
from app.experiments.attention.quality_cost import LENGTH
from app.experiments.base import Figure, Figures, Measurements
from visualizers.curve import curves
from visualizers.distribution import bars
from visualizers.matrix import tiles
from visualizers.theme import ACCENT, INK_3, SERIES, STAGE


def figures(result: LatentResult, numbers: Measurements) -> Figures:
    return {"maps": _maps(result, numbers), "bytes": _bytes(result, numbers), "loss": _loss(result, numbers)}


def _maps(result: LatentResult, numbers: Measurements) -> Figure:
    heads = result.maps.shape[1]
    drawn = tiles(
        result.maps.numpy(),
        row_labels=["trained", "expanded", "absorbed"],
        column_labels=[f"h{head}" for head in range(heads)],
    ).update_layout(margin={"l": 66, "r": 4, "t": 22, "b": 6})
    return Figure(
        title=f"Layer {result.controls.layer}: eight heads as trained, and from one latent a token",
        caption=(
            "Below: keys and values expanded from the latent for every head, and the absorbed form that never expands"
            " them. The last two rows must agree."
        ),
        text=(
            f"On new texts no logit of the absorbed form is more than {numbers['absorbed_minus_expanded_logits']:.2g}"
            f" from the expanded one. For one token over {LENGTH} held ones a layer multiplies"
            f" {numbers['absorbed_multiplications']:,.0f} times absorbed and"
            f" {numbers['expanding_multiplications']:,.0f} times expanded."
        ),
        plot=drawn,
        height=300,
    )


def _bytes(result: LatentResult, numbers: Measurements) -> Figure:
    bits, full = result.controls.bits, max(result.bytes.values())
    names = ["8 K/V<br>heads", "2 K/V<br>heads", "latent"]
    left = [1.0, result.bytes[2] / full, result.latent_bytes / full]
    names += ["V2 to<br>67B", "V2 to its<br>own MHA"]
    left += [1 - numbers[f"v2_smaller_than_{other}_percent"] / 100 for other in ("67b", "own_heads")]
    drawn = bars(np.array(left), labels=names, colours=[INK_3, INK_3, ACCENT, SERIES[1], SERIES[1]], y_range=(0, 1.15))
    drawn.update_xaxes(ticktext=names).update_layout(margin={"b": 40})
    return Figure(
        title="Share of the cache that is left",
        caption="{accent|Yours} beside {ink-3|shared heads}, measured here; {c2|DeepSeek-V2} computed from its sizes.",
        text=(
            f"A token and layer keep {numbers['cached_values']:g} values here, not"
            f" {numbers['full_cached_values']:g}. DeepSeek-V2 at {bits} bits a value keeps"
            f" {numbers['v2_smaller_than_67b_percent']:.1f} % less than DeepSeek 67B at 16, and"
            f" {numbers['v2_smaller_than_own_heads_percent']:.1f} % less than a cache of its own 128 heads."
        ),
        plot=drawn,
        height=280,
        half=True,
    )


def _loss(result: LatentResult, numbers: Measurements) -> Figure:
    apart = result.controls.turned == "a key of its own"
    extra = result.controls.rotary if apart else 0
    x = np.array(sorted({R + extra for R in result.by_latent} | {heads * 32 for heads in result.pooled}))
    lines = {
        "latent": {R + extra: price.loss for R, price in result.by_latent.items()},
        "averaged heads": {heads * 32: price.loss for heads, price in result.pooled.items()},
    }
    colours = {"latent": ACCENT, "averaged heads": INK_3}
    drawn = curves(x, {}, x_title="values cached a token and layer", room=10)
    for name, line in lines.items():
        drawn.add_scatter(
            x=list(line), y=list(line.values()), name=name, mode="lines+markers",
            line={"color": colours[name], "width": 2, "dash": "solid" if name == "latent" else "dash"},
            marker={"size": 6, "color": colours[name], "symbol": "circle" if name == "latent" else "diamond"},
            hovertemplate=f"{name}<br>%{{x}} values<br>%{{y:.3f}} nats<extra></extra>",
        )  # fmt: skip
    drawn.add_scatter(
        x=[numbers["cached_values"]], y=[result.price.loss], name="your setting", mode="markers",
        hoverinfo="skip", marker={"size": 13, "color": STAGE, "opacity": 1, "line": {"color": ACCENT, "width": 3}},
    )  # fmt: skip
    return Figure(
        title="Loss on new texts, nats a token",
        caption="The same weights {accent|through latents} and with {ink-3|averaged heads}; the ring is your setting.",
        text=(
            f"With {numbers['cached_values']:g} values the loss rises by {numbers['added_loss_nats']:.3g} nats from"
            f" {numbers['full_loss_nats']:.3g}; four averaged heads keep 128 values and add"
            f" {numbers['added_by_four_heads_nats']:.3g}. No training has followed."
        ),
        plot=drawn,
        height=280,
        half=True,
    )
