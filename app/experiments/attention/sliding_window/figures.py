"""The three figures of a window: the band, what a decoder trained with one gains, and what arrives from further back.

For a published model the second is the bytes that are kept.
"""

import numpy as np
import torch

from app.experiments.attention.sliding_window.behind_a_window import GIVEN, Recall
from app.experiments.attention.sliding_window.run import WindowResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from app.provenance.origin import Plotted
from models.training.windowed import WINDOW
from visualizers.curve import curves
from visualizers.marks import outline, reference_line
from visualizers.matrix import heatmap
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, SERIES


def figures(result: WindowResult, metrics: Measurements) -> Figures:
    second = _bytes(result, metrics) if result.controls.published else _relay(result, metrics)
    return {"map": _map(result, metrics), "relay": second, "reach": _reach(result, metrics)}


def _map(result: WindowResult, metrics: Measurements) -> Figure:
    controls, tokens = result.controls, result.pieces
    weights = result.weights.masked_fill(~result.allowed, torch.nan)
    return Figure(
        title=f"The band: layer {controls.layer}, head {controls.head}",
        caption="Rows are queries, columns are keys. Only pairs inside the outline are computed.",
        text=(
            f"The band has {metrics['scores_of_the_band']:g} scores; without a window it would be"
            f" {metrics['scores_of_the_triangle']:g}. At the end {number(metrics['buffer_bytes'])} bytes of keys and"
            f" values are kept; without a window {number(metrics['full_cache_bytes'])}."
        ),
        plot=outline(heatmap(weights.numpy(), rows=tokens, columns=tokens, column_title="key"), result.allowed.numpy()),
        height=330,
        half=True,
        sources=[
            Plotted(
                origins_of(result.attention, result.allowed).weights,
                lambda w: w[0, controls.head],
                trace="values",
            )
        ],
    )


def _bytes(result: WindowResult, metrics: Measurements) -> Figure:
    count, kept = len(result.pieces), {"all": result.full_bytes.numpy()}
    short = "~s" if metrics["full_cache_bytes"] > 100_000 else ""  # 1M, which fits beside the axis
    if metrics["buffer_bytes"] < metrics["full_cache_bytes"]:
        kept = {"window": result.buffer_bytes.numpy()} | kept
    return Figure(
        title="Keys and values kept, bytes",
        caption="With {c1|the window}, new tokens overwrite the oldest. Without, {c2|all} are kept.",
        text=(
            f"After {count} tokens {number(metrics['buffer_bytes'])} bytes are held; without a window"
            f" {number(metrics['full_cache_bytes'])}."
        ),
        plot=curves(
            np.arange(1, count + 1),
            kept,
            x_title="tokens read",
            colours={"window": SERIES[0], "all": SERIES[1]},
            room=58,
        ).update_yaxes(tickformat=short),
        height=330,
        half=True,
    )


def by_distance(recall: "Recall") -> tuple[np.ndarray, np.ndarray]:
    """Mean probability of the right city at each distance."""
    distances = recall.distance.unique()
    means = [recall.probability[recall.distance == distance].mean().item() for distance in distances]
    return distances.numpy(), np.array(means)


def _reach(result: WindowResult, metrics: Measurements) -> Figure:
    W, L = result.controls.window, result.depth
    reached = result.gradient.gt(0).numpy()
    back = np.arange(len(reached))[::-1]
    pull = Strip(
        "share of the gradient",
        {"gradient": (back[reached], result.gradient.numpy()[reached])},
        log=True,
        colours=(ACCENT,),
    )
    marks = {"window": (W - 0.5, "left"), "reach": (L * (W - 1) + 0.5, "left"), "L·W": (L * W + 0.5, "right")}
    if result.recall is None or result.full_recall is None:
        return _own_losses(result, metrics, pull, {name: at for name, at in marks.items() if at[0] < len(back)})
    told = Strip(
        "probability of the right city",
        {"with the window": by_distance(result.recall), "without": by_distance(result.full_recall)},
        y_range=(-0.04, 1.06),
        colours=(ACCENT, SERIES[1]),
    )
    return Figure(
        title="What arrives from further back",
        caption=(
            "Above: gradient of the last output by each input token. Below: probability of a city stated that many"
            " tokens ago, {accent|with the window} and {c2|without}."
        ),
        text=(
            f"The last output depends on {metrics['reach_positions']:g} positions. A city stated further back is named"
            f" {metrics['recall_beyond_reach']:.1%} of the time (chance is {metrics['chance']:.1%}); without a window"
            f" {metrics['recall_without_window']:.1%}."
        ),
        plot=strips(
            [pull, told],
            x_title="tokens back",
            marks=marks,
        ),
        height=360,
    )


def _own_losses(
    result: WindowResult, metrics: Measurements, pull: Strip, marks: dict[str, tuple[float, str]]
) -> Figure:
    """For a published model: the loss of each token of the typed text, the last on the left as in the chart above."""
    back = np.arange(len(result.pieces) - 1)[::-1]
    losses = Strip(
        "loss of the token, nats",
        {name: (back, line.numpy()) for name, line in result.losses.items()},
        colours=(ACCENT, SERIES[1]),
    )
    return Figure(
        title="What arrives from further back",
        caption=(
            "Above: gradient of the last output by each input token. Below: loss of each token of your text,"
            " {accent|with the window} and {c2|without}."
        ),
        text=(
            f"The last output depends on {metrics['reach_positions']:g} positions."
            + (
                f" The loss of your text is {metrics['text_loss_nats']:.2f} nats per token with the window and"
                f" {metrics['text_loss_without_window_nats']:.2f} without."
                if "text_loss_nats" in metrics
                else ""
            )
        ),
        plot=strips([pull, losses], x_title="tokens back", marks=marks),
        height=360,
    )


def _relay(result: WindowResult, metrics: Measurements) -> Figure:
    chosen, saved = result.controls.decoder, metrics["gain_beyond_window_nats"]
    lines = {name: gain.numpy() for name, gain in result.gains.items()}
    known = [gain for gain in lines.values() if np.isfinite(gain).all()]
    low, high = min(map(np.nanmin, known)), max(map(np.nanmax, known))
    drawn = curves(
        GIVEN,
        lines,
        x_title="tokens given",
        y_range=(low - 0.03, high + 0.03),
        markers=True,
        room=12,
    )
    drawn.layout.annotations = ()  # the caption names the lines
    drawn.add_shape(reference_line(y=0))
    return Figure(
        title=f"Loss saved by tokens beyond a window of {WINDOW}",
        caption=(
            "Nats per token, in smaller decoders: {trace:trained with the window|trained with the window},"
            " {trace:window put on afterwards|window put on afterwards}, {trace:no window|no window}. Below 0, further"
            " tokens only disturb."
        ),
        text=(
            f"{chosen[0].upper()}{chosen[1:]}: with {GIVEN[-1]} tokens given instead of {WINDOW}, the loss"
            f" {'falls' if saved > 0 else 'rises'} by {abs(saved):.2f} nats per token."
        ),
        plot=drawn,
        height=330,
        half=True,
    )
