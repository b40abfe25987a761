"""The three figures of latent attention: the same heads three ways, the cache that is left, loss against cache."""

import numpy as np

from app.experiments.attention.latent_attention.published import PublishedLatents
from app.experiments.attention.latent_attention.published_figures import published_figures, three_ways
from app.experiments.attention.latent_attention.run import LatentResult
from app.experiments.attention.quality_cost import LENGTH
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from visualizers.curve import curves
from visualizers.distribution import bars
from visualizers.theme import ACCENT, INK_3, SERIES, STAGE


def figures(result: LatentResult | PublishedLatents, metrics: Measurements) -> Figures:
    if isinstance(result, PublishedLatents):
        return published_figures(result, metrics)
    return {"maps": _maps(result, metrics), "bytes": _bytes(result, metrics), "loss": _loss(result, metrics)}


def _maps(result: LatentResult, metrics: Measurements) -> Figure:
    return three_ways(
        result.controls.layer,
        result.maps,
        text=(
            "On held-out texts the two forms differ by at most"
            f" {number(metrics['absorbed_minus_expanded_logits'])} in a"
            f" logit. For a new token after {LENGTH} cached ones, the absorbed form needs"
            f" {metrics['absorbed_over_expanding_multiplications']:.0%} of the multiplications."
        ),
    )


def _bytes(result: LatentResult, metrics: Measurements) -> Figure:
    bits, full = result.controls.bits, max(result.bytes.values())
    names = ["8 K/V<br>heads", "2 K/V<br>heads", "latent"]
    left = [1.0, result.bytes[2] / full, result.latent_bytes / full]
    names += ["V2 to<br>67B", "V2 to its<br>own MHA"]
    left += [1 - metrics[f"v2_smaller_than_{other}_percent"] / 100 for other in ("67b", "own_heads")]
    drawn = bars(np.array(left), labels=names, colours=[INK_3, INK_3, ACCENT, SERIES[1], SERIES[1]], y_range=(0, 1.15))
    drawn.update_xaxes(ticktext=names).update_layout(margin={"b": 40})
    return Figure(
        title="Share of the cache that is left",
        caption="Measured: {accent|this latent} and {ink-3|heads}. Computed from sizes: {c2|DeepSeek-V2}.",
        text=(
            f"A token keeps {number(metrics['cached_values'])} values per layer instead of"
            f" {number(metrics['full_cached_values'])}. DeepSeek-V2 at {bits} bits keeps"
            f" {metrics['v2_smaller_than_67b_percent']:.1f} % less than DeepSeek 67B at 16."
        ),
        plot=drawn,
        height=280,
        half=True,
    )


def _loss(result: LatentResult, metrics: Measurements) -> Figure:
    extra = result.controls.rotary if result.controls.rotated == "a separate key" else 0
    lines = {
        "latent": {R + extra: cost.loss for R, cost in result.by_latent.items()},
        **{f"{keep} heads": {heads * 32: cost.loss for heads, cost in costs.items()}
           for keep, costs in result.shared.items()},
    }  # fmt: skip
    looks = {
        "latent": (ACCENT, "solid", "circle"),
        "fitted heads": (SERIES[1], "dash", "diamond"),
        "mean heads": (INK_3, "dot", "square"),
    }
    x = np.array(sorted({cached for line in lines.values() for cached in line}))
    drawn = curves(x, {}, x_title="values cached per token and layer", room=10)
    for name, line in lines.items():
        colour, dash, symbol = looks[name]
        drawn.add_scatter(
            x=list(line), y=list(line.values()), name=name, mode="lines+markers",
            line={"color": colour, "width": 2, "dash": dash},
            marker={"size": 6, "color": colour, "symbol": symbol},
            hovertemplate=f"{name}<br>%{{x}} values<br>%{{y:.3f}} nats per token<extra></extra>",
        )  # fmt: skip
    drawn.add_scatter(
        x=[metrics["cached_values"]], y=[result.cost.loss], name="this setting", mode="markers",
        hoverinfo="skip", marker={"size": 13, "color": STAGE, "opacity": 1, "line": {"color": ACCENT, "width": 3}},
    )  # fmt: skip
    return Figure(
        title="Loss of held-out texts, nats per token",
        caption=(
            "The same model with {trace:latent|a latent}, {trace:fitted heads|fitted} and"
            " {trace:mean heads|averaged} heads. The ring is this setting."
        ),
        text=(
            f"{number(metrics['cached_values'])} values of a latent change the loss by"
            f" {number(metrics['added_loss_nats'])} nats per token. Four fitted heads keep 128 values and change it by"
            f" {number(metrics['added_by_four_heads_nats'])}. No training has followed."
        ),
        plot=drawn,
        height=280,
        half=True,
    )
