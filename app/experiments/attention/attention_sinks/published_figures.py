"""The figures of attention sinks for a published model: loss along a text, one map, and every layer."""

import numpy as np

from app.experiments.attention.attention_sinks.published import PublishedSinks
from app.experiments.base import Figure, Figures, Measurements
from visualizers.curve import apart, curves, mark_x
from visualizers.heads import large_map
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

HEIGHT, EDGE = 300, 58  # of the first figure, and what its axis and margins take
OVER = 8  # tokens whose losses are averaged


def published_figures(result: PublishedSinks, metrics: Measurements) -> Figures:
    return {"stream": _stream(result, metrics), "map": _map(result, metrics), "formation": _layers(result, metrics)}


def smoothed(losses: np.ndarray) -> np.ndarray:
    """Mean of each loss and those before it, OVER at most."""
    sums = np.cumsum(np.concatenate([[0.0], losses]))
    end = np.arange(1, len(sums))
    start = np.maximum(end - OVER, 0)
    return (sums[end] - sums[start]) / (end - start)


def _stream(result: PublishedSinks, metrics: Measurements) -> Figure:
    drawn = {
        name: smoothed(result.losses[name].double().numpy())
        for name in ("full cache", "window only", "others kept", "yours")
    }
    tokens = len(drawn["yours"])
    top = max((float(line.max()) for line in drawn.values() if len(line)), default=1.0)
    plot = curves(
        np.arange(1, tokens + 1), drawn, x_title="position in the text", room=84, y_range=(0.0, 1.08 * top),
        colours={"full cache": INK_3, "window only": SERIES[1], "others kept": SERIES[3], "yours": ACCENT},
    )  # fmt: skip
    far = "text_loss_nats" in metrics
    return Figure(
        title=f"Loss along your text, nats per token, mean of {OVER} tokens",
        caption=(
            "{accent|Your cache}, {c2|a window alone} and {c4|four other old tokens kept}, all of the same size, and"
            " {ink-3|a full cache}. Vertical line: the cache is full."
        ),
        text=(
            f"Once the cache is full, the loss is {metrics['text_loss_nats']:.2f} nats per token with your cache,"
            f" {metrics['text_window_only_loss_nats']:.2f} with a window alone and"
            f" {metrics['text_full_cache_loss_nats']:.2f} with a full cache."
            if far
            else "Your text is shorter than the cache, so nothing leaves it."
        ),
        plot=mark_x(apart(plot, HEIGHT - EDGE), result.slots, "full"),
        height=HEIGHT,
    )


def _map(result: PublishedSinks, metrics: Measurements) -> Figure:
    return Figure(
        title="Attention weights, mean over all layers and heads",
        caption="Rows are queries, columns are keys. The first column is the sink.",
        text=f"Later tokens put {metrics['share_on_first']:.0%} of their attention on the first token.",
        plot=large_map(result.weights.numpy(), result.pieces),
        height=340,
        half=True,
    )


def _layers(result: PublishedSinks, metrics: Measurements) -> Figure:
    layers = np.arange(len(result.shares))
    return Figure(
        title="The sink, layer by layer",
        caption="Attention on the first token, and the length of its value, means over the heads of each layer.",
        text=(
            f"In the layer where it is shortest, the first token's value is"
            f" {metrics['smallest_value_norm_over_others']:.2f} times as long as others."
        ),
        plot=strips(
            [
                Strip("attention on the first token", {"share": (layers, result.shares.numpy())}, y_range=(-0.04, 1.06),
                      colours=(ACCENT,)),
                Strip("length of its value, over that of others", {"length": (layers, result.norms.numpy())},
                      y_range=(0.0, 1.08 * float(result.norms.max())), colours=(ACCENT,)),
            ],
            x_title="layer",
            marks={},
        ),
        height=340,
        half=True,
    )  # fmt: skip
