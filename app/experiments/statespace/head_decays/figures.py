"""Right answers by distance, the decay masks, and the forms along a text: how they differ, what they cost."""

from functools import partial

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.head_decays.run import (
    DISTANCES,
    HEADS_OFF,
    RetentionResult,
    difference,
)
from app.provenance.origin import Plotted, computed
from models.cost.retention_cost import chunkwise_work, parallel_work, recurrent_work
from models.statespace.retention import decay_mask
from models.training.fading_memories import FAR, HEADS, NEAR, WIDTH
from visualizers.curve import apart, curves
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

FLOOR = 1e-9
"""Differences are drawn on a logarithmic axis; smaller ones, 0 too, are drawn here."""


def figures(result: RetentionResult, metrics: Measurements) -> Figures:
    return {
        "recall": _recall(result, metrics), "masks": _masks(result, metrics), "forms": _forms(result, metrics),
    }  # fmt: skip


def _changed(result: RetentionResult) -> str:
    c = result.controls
    told = [] if c.off == "none" else [f"without the {c.off} head"]
    return ", ".join(told + ([] if c.rates == "as trained" else [f"decays: {c.rates}"]))


def _recall(result: RetentionResult, metrics: Measurements) -> Figure:
    names = [f"{low}+" for low in DISTANCES[:-1]]
    lines = {"as trained": np.array(result.complete), "slow decays": np.array(result.slow)}
    if changed := _changed(result):
        lines["changed"] = np.array(result.by_distance)
    drawn = curves(
        np.arange(len(names)), lines, x_title="tokens since the fact was stated, from … on", y_range=(0, 1.05),
        markers=True, room=84, colours={"as trained": SERIES[1], "slow decays": INK_3, "changed": ACCENT},
    )  # fmt: skip
    drawn.update_xaxes(tickvals=list(range(len(names))), ticktext=names, tickangle=0)
    lost = (
        f" Now ({changed}) {metrics['near_accuracy']:.0%} of the near and {metrics['far_accuracy']:.0%} of the far"
        " facts are."
        if changed
        else ""
    )
    return Figure(
        title="Right answers by distance",
        caption=(
            "In texts of 160 tokens. {trace:as trained|As trained}, and with the paper’s {trace:slow decays|slow"
            " decays} in the same weights. One in 8 would be guessed."
        ),
        text=(
            f"As trained, {result.own[0]:.0%} of the near facts, fewer than {NEAR} tokens back, are answered right and"
            f" {result.own[1]:.0%} of the far ones, from {FAR} tokens on.{lost}"
        ),
        plot=apart(drawn, 200),
        height=270,
    )


def _by_distance(mask: Tensor, head: int) -> Tensor:
    return mask[head, -1].flip(0)  # (T,)


def _masks(result: RetentionResult, metrics: Measurements) -> Figure:
    T = result.trace.q.shape[2]
    made = computed(decay_mask, tokens=T, gamma=result.gamma)
    names: list[str] = list(HEADS_OFF)
    lines = {name: _by_distance(made.tensor, head).numpy() for head, name in enumerate(names)}
    drawn = curves(
        np.arange(T), lines, x_title="tokens back", y_range=(0, 1.05), room=70,
        colours=dict(zip(names, (INK_3, SERIES[2], SERIES[1], ACCENT), strict=True)),
    )  # fmt: skip
    return Figure(
        title="How each head’s weights fade",
        caption="The last row of each decay mask, read backwards: the weight of a token by its distance.",
        text=(
            f"Half-lives go from {metrics['shortest_half_life']:.2g} to {metrics['longest_half_life']:.2g} tokens."
        ),
        plot=apart(drawn, 180),
        height=300,
        half=True,
        sources=[
            Plotted(made, partial(_by_distance, head=head), trace=name)
            for head, name in enumerate(names)
        ],
    )  # fmt: skip


def _forms(result: RetentionResult, metrics: Measurements) -> Figure:
    T, Z, K = result.trace.q.shape[2], result.controls.chunk, WIDTH // HEADS
    n = np.arange(1, T + 1)
    work = {
        "parallel": np.array([parallel_work(int(length), K) for length in n]),
        "recurrent": np.array([recurrent_work(int(length), K) for length in n]),
        "chunkwise": np.array([chunkwise_work(int(length), K, Z) for length in n]),
    }
    differing = {form: difference(result, form).clamp(min=FLOOR).numpy() for form in ("recurrent", "chunkwise")}
    on = lambda lines: {name: (n, y) for name, y in lines.items()}
    return Figure(
        title="Three forms, token by token",
        caption=(
            "Above, the largest difference of the {accent|recurrent} and the {c2|chunkwise} form from the parallel one."
            " Below, operations of one head; {ink-3|parallel} grows with the square of the length."
        ),
        text=(
            f"The largest difference of any token is {metrics['largest_difference']:.1g}. From"
            f" {metrics['recurrent_from_tokens']:.0f} tokens on, the recurrent form takes no more operations than the"
            " parallel one."
        ),
        plot=strips(
            [
                Strip("difference", on(differing), log=True, y_range=(-9.3, 1.3), powers=4, dots=False,
                      colours=(ACCENT, SERIES[1])),
                Strip("operations", on(work), dots=False, colours=(INK_3, ACCENT, SERIES[1])),
            ],
            x_title="tokens", marks={"second chunk": (Z + 0.5, "left" if Z > T / 2 else "right")} if Z < T else {},
        ),
        height=300,
        half=True,
    )  # fmt: skip
