"""How similar views are, what views are, and what features come to be worth."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.views.run import ViewsResult
from app.provenance.origin import Plotted
from visualizers.charts_beside import Chart, charts_beside
from visualizers.image import pictures
from visualizers.theme import ACCENT, INK_3, SERIES
from visualizers.view_map import view_map

SHOWN = 10
"""Digits whose two views are drawn, one of each class."""


def figures(result: ViewsResult, metrics: Measurements) -> Figures:
    return {
        "similarities": _similarities(result, metrics),
        "views": _views(result, metrics),
        "course": _course(result, metrics),
    }


def _similarities(result: ViewsResult, metrics: Measurements) -> Figure:
    shown = result.progress.shown
    similar = torch.stack([one.similar for one in shown])
    steps = list(map(str, result.progress.shown_steps))
    return Figure(
        title="Cosine of every two views of 20 held-out digits",
        caption=(
            "Rows and columns: first views of digits 0 to 9, two of each, then their second views. On the long diagonal"
            " a view meets itself. The two shorter diagonals are pairs of views of one digit. The slider shows them"
            " emerge."
        ),
        text=(
            f"After training, the two views of a digit have a cosine of {metrics['similarity_of_partners']:.2f} on"
            f" average, views of two different classes {metrics['similarity_of_other_digits']:.2f}."
        ),
        plot=view_map(similar.numpy(), frames=steps, start=len(steps) - 1),
        height=380,
        half=True,
        steps="step",
        start=len(steps) - 1,
        sources=[Plotted(similar, trace="values", framed=True)],
    )  # fmt: skip


def _views(result: ViewsResult, metrics: Measurements) -> Figure:
    each = len(result.classes) // SHOWN
    drawn = result.views[:, ::each]  # (2, SHOWN, 8, 8)
    half = SHOWN // 2
    laid = drawn.view(2, 2, half, 8, 8).transpose(0, 1).reshape(4, half, 8, 8)
    c = result.controls
    return Figure(
        title="Two views of a digit",
        caption=(
            f"Each view is rotated by up to {c.degrees}°, scaled, moved by up to a pixel and gets noise, all at random."
            + (" In this training both views of a pair were the same." if c.second != "drawn anew" else "")
        ),
        text=(
            "Ten held-out digits are shown, each as two views. By the pixels themselves, one label per class names"
            f" {metrics['pixel_accuracy_percent']:.0f} % of moved digits."
        ),
        plot=pictures(
            laid.numpy(), rows=["first view", "second view"] * 2, columns=[""] * half, low=-1.0, high=1.0
        ),
        height=380,
        half=True,
    )  # fmt: skip


def _course(result: ViewsResult, metrics: Measurements) -> Figure:
    found = {
        "embeddings": 100 * torch.tensor([one.accuracy_of_embeddings for one in result.progress.snapshots]),
        "features": 100 * torch.tensor([one.accuracy for one in result.progress.snapshots]),
    }
    probed = {
        "embeddings, all labels": 100 * torch.tensor([one.probe_of_embeddings for one in result.progress.snapshots]),
        "features, all labels": 100 * torch.tensor([one.probe for one in result.progress.snapshots]),
    }
    spread = {
        "alignment": torch.tensor([one.alignment for one in result.progress.snapshots]),
        "uniformity": torch.tensor([one.uniformity for one in result.progress.snapshots]),
    }
    taken = np.array(result.progress.taken)
    colours = dict(zip((*found, *probed, *spread), (ACCENT, SERIES[1]) * 3))
    accuracy = Chart(
        "One label, %", taken, {name: each.numpy() for name, each in found.items()}, colours, "step",
        (0, 70), levels=[(metrics["pixel_accuracy_percent"], INK_3)], dots=True,
    )  # fmt: skip
    probe = Chart(
        "All labels, %", taken, {name: each.numpy() for name, each in probed.items()}, colours, "step",
        (0, 100), levels=[(metrics["pixel_probe_percent"], INK_3)], dots=True,
    )  # fmt: skip
    both = Chart(
        "On the sphere", taken, {name: each.numpy() for name, each in spread.items()}, colours, "step",
        (-4.1, 2.1), dots=True,
    )  # fmt: skip
    return Figure(
        title="What the training brings, on moved held-out digits",
        caption=(
            "Left: share of held-out digits named rightly from one labelled example per class, by"
            " {trace:embeddings|embeddings} and by {trace:features|features in front of the projector}; dotted: raw"
            " pixels. Middle: the same by a linear classifier with all labels. Right: {trace:alignment|alignment}, the"
            " squared distance of two views of a digit, and {trace:uniformity|uniformity}; both are better the"
            " lower they are."
        ),
        text=(
            f"Embeddings name {metrics['embedding_accuracy_percent']:.0f} % rightly, features"
            f" {metrics['feature_accuracy_percent']:.0f} %, raw pixels {metrics['pixel_accuracy_percent']:.0f} %,"
            f" untrained embeddings {metrics['untrained_accuracy_percent']:.0f} %. With all labels, a linear probe"
            f" names {metrics['feature_probe_percent']:.0f} % from features (sampling error"
            f" {metrics['probe_error_points']:.1f} points) and {metrics['embedding_probe_percent']:.0f} % from"
            f" embeddings. Alignment ends at {metrics['alignment']:.2f}, uniformity at {metrics['uniformity']:.2f}."
        ),
        plot=charts_beside([accuracy, probe, both]),
        height=300,
        sources=[Plotted(each, trace=name) for name, each in (found | probed | spread).items()],
    )
