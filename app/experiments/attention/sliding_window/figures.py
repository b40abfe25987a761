"""The three figures of a window: the band, the bytes kept, and what still arrives from further back."""

import numpy as np
import torch

from app.experiments.attention.sliding_window.run import (
    Recall,
    WindowResult,
)
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Drawn
from visualizers.curve import curves
from visualizers.marks import outline
from visualizers.matrix import heatmap
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, SERIES


def figures(result: WindowResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"map": _map(result, numbers), "bytes": _bytes(result, numbers), "reach": _reach(result, numbers)},
        origins(result),
    )


def _map(result: WindowResult, numbers: Measurements) -> Figure:
    controls, tokens = result.controls, result.pieces
    weights = result.weights.masked_fill(~result.allowed, torch.nan)
    return Figure(
        title=f"The band: layer {controls.layer}, head {controls.head}",
        caption="Inside the outline lies what a token may look at. Nothing else needs to be computed.",
        text=(
            f"{numbers['scores_of_the_band']:g} scores are counted inside the outline,"
            f" {numbers['scores_of_the_triangle']:g} in the whole triangle; n·W is {numbers['n_times_window']:g}."
        ),
        plot=outline(
            heatmap(weights.numpy(), rows=tokens, columns=tokens, column_title="looks at"), result.allowed.numpy()
        ),
        height=330,
        half=True,
    )


def _bytes(result: WindowResult, numbers: Measurements) -> Figure:
    count, kept = len(result.pieces), {"all": result.full_bytes.numpy()}
    if numbers["buffer_bytes"] < numbers["full_cache_bytes"]:
        kept = {"window": result.buffer_bytes.numpy()} | kept
    return Figure(
        title="Keys and values kept, bytes",
        caption="With {c1|the window}, new tokens overwrite the oldest. Without, {c2|all} are kept.",
        text=(
            f"After {count} tokens {numbers['buffer_bytes']:,.0f} bytes are held, {numbers['full_cache_bytes']:,.0f}"
            " without a window. Reading from its slots, token by token, the model gives the same logits as the band"
            f" to within {numbers['buffer_against_band']:.2g}."
        ),
        plot=curves(
            np.arange(1, count + 1),
            kept,
            x_title="tokens read",
            colours={"window": SERIES[0], "all": SERIES[1]},
            room=58,
        ),
        height=330,
        half=True,
    )


def by_distance(recall: "Recall") -> tuple[np.ndarray, np.ndarray]:
    """Mean probability of the right city at each distance."""
    distances = recall.distance.unique()
    means = [recall.probability[recall.distance == distance].mean().item() for distance in distances]
    return distances.numpy(), np.array(means)


def _reach(result: WindowResult, numbers: Measurements) -> Figure:
    W, L = result.controls.window, result.depth
    reached = result.gradient.gt(0).numpy()
    back = np.arange(len(reached))[::-1]
    pull = Strip(
        "share of the gradient",
        {"gradient": (back[reached], result.gradient.numpy()[reached])},
        log=True,
        colours=(ACCENT,),
    )
    told = Strip(
        "probability of the right city",
        {"with the window": by_distance(result.recall), "without": by_distance(result.full_recall)},
        y_range=(-0.04, 1.06),
        colours=(ACCENT, SERIES[1]),
    )
    return Figure(
        title="What still arrives from further back",
        caption=(
            "Above, the pull of each input token on the last output. Below, the chance of naming a city told so long"
            " ago, {accent|with the window} and {c2|without}."
        ),
        text=(
            f"The gradient is above 0 at {numbers['reach_positions']:g} positions: L(W−1)+1 is {L * (W - 1) + 1}, L·W"
            f" is {L * W}. The farthest carries {numbers['gradient_share_of_farthest']:.1e} of it. Told beyond that"
            f" reach, a city is recalled {numbers['recall_beyond_reach']:.1%} of the time (chance is"
            f" {numbers['chance']:.1%}), without a window {numbers['recall_without_window']:.1%}."
        ),
        plot=strips(
            [pull, told],
            x_title="tokens back",
            marks={"window": (W - 0.5, "left"), "reach": (L * (W - 1) + 0.5, "left"), "L·W": (L * W + 0.5, "right")},
        ),
        height=360,
    )


def origins(result: WindowResult) -> list[Drawn]:
    weights = origins_of(result.attention, result.allowed).weights
    return [Drawn("map", weights, lambda w: w[0, result.controls.head])]
