"""The three figures of grouped queries: the maps of heads that share, the cache that is left, the loss."""

import numpy as np

from app.experiments.attention.grouped_query.run import GroupedResult
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from models.published.cache import bytes_held
from models.published.configs import CONFIGS
from visualizers.distribution import bars, grouped_bars
from visualizers.heads import shared_heads
from visualizers.theme import ACCENT, INK_3, SERIES

PUBLISHED = (CONFIGS["Mistral 7B"], CONFIGS["Llama 2 70B"])


def figures(result: GroupedResult, metrics: Measurements) -> Figures:
    return {"maps": _maps(result, metrics), "bytes": _bytes(result, metrics), "loss": _loss(result, metrics)}


def _maps(result: GroupedResult, metrics: Measurements) -> Figure:
    heads, G = len(result.before), result.controls.kv_heads
    own = max(result.costs[result.controls.keep])
    return Figure(
        title=f"Layer {result.controls.layer}: {heads} query heads before and after they share {_heads(G)}",
        caption=(
            "Each tile is one query head’s map: rows are queries, columns keys. A frame holds the heads that share keys"
            " and values."
        ),
        text=(
            f"{heads // G} query heads share each key/value head. On {_texts(result)} the probabilities of the next"
            f" token change by {number(metrics['prediction_change'])} (total variation distance, at most 1)."
        ),
        plot=shared_heads(
            np.stack([result.before.numpy(), result.after.numpy()]), groups=G, row_labels=[f"{own} K/V", f"{G} K/V"]
        ),
        height=230,
    )


def _bytes(result: GroupedResult, metrics: Measurements) -> Figure:
    G, full = result.controls.kv_heads, max(result.bytes.values())
    heads = max(result.bytes)
    names = [f"{heads}/{kept}" for kept in result.bytes]
    names += [f"{shape.heads}/{shape.kv_heads}<br>" + "<br>".join(shape.name.rsplit(" ", 1)) for shape in PUBLISHED]
    left = [held / full for held in result.bytes.values()]
    left += [bytes_held(shape, 1) / bytes_held(shape, 1, kv_heads=shape.heads) for shape in PUBLISHED]
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
            "Query heads/key-value heads. Measured here: {accent|this setting} and {ink-3|the others}. Computed from"
            " sizes: {c2|published models}."
        ),
        text=(
            f"A token’s keys and values take {number(metrics['cache_bytes'])} bytes here,"
            f" {number(metrics['times_smaller'])}"
            f" times fewer than the {number(metrics['full_cache_bytes'])} of {heads} heads."
        ),
        plot=drawn,
        height=260,
        half=True,
    )


def _loss(result: GroupedResult, metrics: Measurements) -> Figure:
    G, steps = result.controls.kv_heads, result.controls.steps
    groups: dict[str, np.ndarray] = {
        keep: np.array([cost.loss for cost in costs.values()]) for keep, costs in result.costs.items()
    }
    counts, trained = list(result.costs[result.controls.keep]), "No training has followed."
    if steps:
        groups["trained"] = np.array([result.current.loss if heads == G else np.nan for heads in counts])
        trained = f"{result.steps} training steps recovered {metrics['recovered_share']:.0%} of the added loss."
    if result.two_from_the_start is not None:
        groups["two from the start"] = np.array(
            [result.two_from_the_start if heads == 2 else np.nan for heads in counts]
        )
    return Figure(
        title=f"Loss of {_texts(result)}, nats per token",
        caption=_shared_head(result),
        text=(
            f"Sharing {_heads(G)} takes the loss from {number(metrics['full_loss_nats'])} to"
            f" {metrics['full_loss_nats'] + metrics['added_loss_nats']:.3g}. {trained}"
        ),
        plot=grouped_bars(groups, labels=list(map(str, counts)), x_title="key/value heads"),
        height=260,
        half=True,
    )


def _texts(result: GroupedResult) -> str:
    return "your text" if result.controls.published else "held-out texts"


def _shared_head(result: GroupedResult) -> str:
    if result.controls.published:
        return f"With its own key/value heads, and with one that is the {result.controls.keep} of them all, untrained."
    return (
        "The shared head is {trace:fitted|fitted}, {trace:mean|the mean} or {trace:first|the first} of its group"
        + ("; {trace:trained|trained}: after the steps" if result.controls.steps else "")
        + ". {trace:two from the start|Trained with two from the start} for comparison."
    )


def _heads(count: int) -> str:
    return "one key/value head" if count == 1 else f"{count} key/value heads"
