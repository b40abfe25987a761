"""Rank and use of every way's codes, five recorded trainings each, and the way that is trained live."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.paradigms.run import ParadigmsResult
from app.provenance.origin import Plotted
from models.contrastive.paradigms import CODE
from visualizers.charts_beside import Chart, charts_beside
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, INK_3, SERIES

WINDOW = 10


def figures(result: ParadigmsResult, metrics: Measurements) -> Figures:
    return {
        "ranks": _ranks(result, metrics),
        "accuracies": _accuracies(result, metrics),
        "live": _live(result, metrics),
    }


def _ranks(result: ParadigmsResult, metrics: Measurements) -> Figure:
    rank = torch.stack([one.rank.mean() for one in result.recorded.values()])
    return Figure(
        title="Effective rank of the codes, of 16: mean of five recorded trainings",
        caption=(
            "A method that collapses puts all digits on few directions. Click one to train it live."
        ),
        text=(
            f"With all guards, the lowest rank of any training is {metrics['lowest_guarded_rank']:.1f}. Without the"
            f" stop-gradient it is at most {metrics['highest_rank_without_stop']:.1f}."
        ),
        plot=horizontal_bars(
            rank.numpy(), labels=list(result.recorded), x_title="effective rank", picked=result.controls.arm,
            sets="arm", as_="{:.1f}", left=176,
        ),
        height=360,
        half=True,
        sources=[Plotted(rank, trace="values")],
    )  # fmt: skip


def _accuracies(result: ParadigmsResult, metrics: Measurements) -> Figure:
    each = [*(one.accuracy for one in result.recorded.values()), result.untrained.accuracy]
    values = [100 * accuracy.mean() for accuracy in each]
    share = torch.stack([*values, torch.tensor(metrics["pixel_accuracy_percent"], dtype=values[0].dtype)])
    return Figure(
        title="One label per class, % of moved digits named rightly",
        caption="The same trainings, with an untrained encoder and the raw pixels below them.",
        text=(
            f"SimCLR names {metrics['recorded_simclr_percent']:.0f} % rightly, BYOL"
            f" {metrics['recorded_byol_percent']:.0f} %, JEPA {metrics['recorded_jepa_percent']:.0f} %, the autoencoder"
            f" {metrics['recorded_autoencoder_percent']:.0f} %, raw pixels {metrics['pixel_accuracy_percent']:.0f} %."
        ),
        plot=horizontal_bars(
            share.numpy(), labels=[*result.recorded, "untrained", "raw pixels"], x_title="%",
            picked=result.controls.arm, as_="{:.0f}", left=176,
        ).update_xaxes(nticks=4),
        height=360,
        half=True,
        sources=[Plotted(share, trace="values")],
    )  # fmt: skip


def _live(result: ParadigmsResult, metrics: Measurements) -> Figure:
    snapshots, own = result.progress.snapshots, result.recorded[result.controls.arm]
    rank = torch.stack([one.rank[0] for one in snapshots])
    accuracy = 100 * torch.stack([one.accuracy[0] for one in snapshots])
    taken = np.array(result.progress.taken)
    charts = [
        Chart(
            "Effective rank", taken, {"rank": rank.numpy()}, {"rank": ACCENT}, "step", (0, CODE + 0.5), dots=True,
            levels=[(own.rank.min().item(), ACCENT), (own.rank.max().item(), ACCENT)],
        ),
        Chart(
            "Named rightly, %", taken, {"accuracy": accuracy.numpy()}, {"accuracy": SERIES[1]}, "step",
            (0, 70), dots=True, levels=[(metrics["pixel_accuracy_percent"], INK_3)],
        ),
    ]  # fmt: skip
    return Figure(
        title=f"Trained live: {result.controls.arm}",
        caption=(
            "Left: {trace:rank|effective rank}; dotted: where the lowest and the highest recorded training ended."
            " Right: {trace:accuracy|digits named rightly}; dotted: raw pixels."
        ),
        text=(
            f"Trained live, {result.controls.arm} ends at a rank of {metrics['effective_rank']:.1f} and names"
            f" {metrics['one_label_accuracy_percent']:.0f} % rightly; raw pixels name"
            f" {metrics['pixel_accuracy_percent']:.0f} %."
        ),
        plot=charts_beside(charts),
        height=280,
        sources=[Plotted(rank, trace="rank"), Plotted(accuracy, trace="accuracy")],
    )
