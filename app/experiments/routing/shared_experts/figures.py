"""The three figures of shared experts: who resembles whom, who carries the common part, what it costs and spreads."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.shared_experts.run import SharedExpertsResult
from visualizers.curve import curves
from visualizers.distribution import bars
from visualizers.pair_grids import pair_grids
from visualizers.theme import ACCENT, INK_3, SERIES


def figures(result: SharedExpertsResult, metrics: Measurements) -> Figures:
    return {
        "similarity": _similarity(result, metrics),
        "common": _common(result, metrics),
        "loss": _loss(result, metrics),
    }


def names(result: SharedExpertsResult) -> list[str]:
    E = result.progress.newest.common.shape[1]
    return ["shared" if expert < result.first_routed else str(expert) for expert in range(E)]


def _similarity(result: SharedExpertsResult, metrics: Measurements) -> Figure:
    look = result.progress.newest
    E = look.common.shape[1]
    both = look.similarity.clamp_min(0).numpy()
    second = "one shared, five routed" if result.first_routed else "all routed, once more"
    return Figure(
        title="Similarity of experts: cosine of their outputs for the same tokens, %",
        caption="Each cell is a pair of experts. In the second layer expert 0 is shared.",
        text=(
            f"After {result.progress.step} steps the mean similarity of routed experts is"
            f" {metrics['similarity_routed_only']:.2f} in the first layer and"
            f" {metrics['similarity_beside_the_shared']:.2f} in the second, over three trainings."
        ),
        plot=pair_grids(
            {"all routed": both[0], second: both[1]}, [], labels=list(map(str, range(E))),
            row_title="expert", column_title="expert",
        ),
        height=300,
    )  # fmt: skip


def _common(result: SharedExpertsResult, metrics: Measurements) -> Figure:
    shares = result.progress.newest.common[1].numpy()
    return Figure(
        title="Second layer: common part in an expert, R²",
        caption="Share of the part that all classes need, explained by each expert’s output.",
        text=(
            f"In three trainings the first expert explains {metrics['common_part_in_the_first_r2']:.0%} of the common"
            f" part, the best of the others {metrics['common_part_in_the_best_other_r2']:.0%}."
        ),
        plot=bars(
            shares,
            labels=names(result),
            x_title="expert",
            colours=[ACCENT if expert < result.first_routed else INK_3 for expert in range(len(shares))],
            y_range=(0, 1.12),
        ),
        height=260,
        half=True,
    )


def _loss(result: SharedExpertsResult, metrics: Measurements) -> Figure:
    losses = np.array([one.loss.numpy() for one in result.progress.snapshots])
    drawn = curves(
        np.array(result.progress.taken),
        {"all routed": losses[:, 0], "one shared": losses[:, 1]},
        x_title="step",
        colours={"all routed": SERIES[1], "one shared": ACCENT},
        room=16,
        y_range=(0, 1.05 * float(losses.max())),
    )
    drawn.layout.annotations = ()
    return Figure(
        title="Error on held-out tokens, share of variance",
        caption="{c2|All routed}, {accent|one shared}: equally many weights, equally many active.",
        text=(
            f"{metrics['unexplained_routed_only_share']:.3f} of the variance stays unexplained with all routed and"
            f" {metrics['unexplained_with_shared_share']:.3f} with one shared, over three trainings."
        ),
        plot=drawn.update_xaxes(range=[0, result.controls.steps]),
        height=260,
        half=True,
    )
