"""Where digits lie, which triplets still teach something, and how that changes while the network learns."""

from functools import partial

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.digit_map import map_of
from app.experiments.contrastive.triplets.run import TripletsResult, shares
from app.provenance.origin import Plotted
from visualizers.charts_beside import Chart, charts_beside
from visualizers.theme import ACCENT, INK_3, SERIES
from visualizers.triplet_plane import triplet_plane

DRAWN, WINDOW = 300, 10
"""Triplets in the plane; steps whose share is drawn as one."""


def figures(result: TripletsResult, metrics: Measurements) -> Figures:
    progress = result.progress
    return {
        "plane": _plane(result, metrics),
        "map": map_of(
            [one.z for one in progress.shown], result.y, progress.shown_steps,
            f"For {metrics['neighbour_accuracy_percent']:.1f} % of held-out digits 0 to 6 the nearest training example"
            " is of their class.",
        ),
        "course": _course(result, metrics),
    }  # fmt: skip


def _column(place: int, shares: Tensor) -> Tensor:
    return shares[:, place]


def _plane(result: TripletsResult, metrics: Measurements) -> Figure:
    positive, negative = (
        torch.stack([getattr(one, name)[:DRAWN] for one in result.progress.shown]) for name in ("positive", "negative")
    )
    steps = list(map(str, result.progress.shown_steps))
    return Figure(
        title="Random triplets of held-out digits",
        caption=(
            "One dot per {trace:triplets|triplet}. Above the {trace:equal plus margin|dotted} line it is easy: no loss,"
            " nothing to learn. Below the solid line it is hard. Between them it is semi-hard."
        ),
        text=(
            f"Of random triplets {metrics['easy_percent']:.1f} % are easy, {metrics['semi_hard_percent']:.1f} %"
            f" semi-hard and {metrics['hard_percent']:.1f} % hard; before training"
            f" {metrics['easy_at_start_percent']:.0f} % were easy and {metrics['hard_at_start_percent']:.0f} % hard."
        ),
        plot=triplet_plane(
            positive.numpy(), negative.numpy(), result.controls.margin, frames=steps, start=len(steps) - 1
        ),
        height=360,
        half=True,
        steps="step",
        start=len(steps) - 1,
        sources=[Plotted(negative, trace="triplets", framed=True)],
    )


def _course(result: TripletsResult, metrics: Measurements) -> Figure:
    found = 100 * torch.tensor([shares(one, result.controls.margin) for one in result.progress.snapshots])  # (S, 3)
    names = ("easy", "semi-hard", "hard")
    idle = result.idle[: len(result.idle) // WINDOW * WINDOW].view(-1, WINDOW).mean(-1)
    kinds = Chart(
        "Random triplets by kind, %", np.array(result.progress.taken),
        {name: found[:, place].numpy() for place, name in enumerate(names)},
        {"easy": ACCENT, "semi-hard": SERIES[2], "hard": SERIES[1]}, "step", (0, 105), dots=True,
    )  # fmt: skip
    batch = Chart(
        "Batch without loss, %", WINDOW * np.arange(1, len(idle) + 1), {"idle": 100 * idle.numpy()}, {"idle": INK_3},
        "step", (0, 122), mark=(result.progress.steps / 10, "a tenth of the steps"),
    )  # fmt: skip
    return Figure(
        title="Which triplets still teach something",
        caption=(
            "Left: {trace:easy|easy}, {trace:semi-hard|semi-hard} and {trace:hard|hard} random triplets of held-out"
            f" digits. Right: {{trace:idle|share}} of the training batch with a loss of 0; negatives:"
            f" {result.controls.negatives}."
        ),
        text=(
            f"At the end {metrics['easy_percent']:.1f} % of random triplets have a loss of 0. After a tenth of the"
            f" training {metrics['idle_early_percent']:.0f} % of the batch teach nothing, in the last tenth"
            f" {metrics['idle_late_percent']:.0f} %."
        ),
        plot=charts_beside([kinds, batch]),
        height=300,
        sources=[
            *(Plotted(found, partial(_column, place), trace=name) for place, name in enumerate(names)),
            Plotted(idle, trace="idle", unit=100.0),
        ],
    )
