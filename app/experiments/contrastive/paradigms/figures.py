"""Rank and use of every way's codes, five recorded trainings each, and the way that is trained live."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.paradigms.run import ParadigmsResult, Recorded
from app.provenance.origin import Plotted
from models.contrastive.linear_probe import sampling_error
from models.contrastive.paradigm_training import Judged
from models.contrastive.paradigms import CODE
from models.data.digits import digits
from visualizers.charts_beside import Chart, charts_beside
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, SERIES

_WIDEST = 100 * sampling_error(0.5, len(digits()[1].labels))


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
    each: list[Recorded | Judged] = [*result.recorded.values(), result.untrained]
    pixels = lambda share: torch.tensor([100 * share])
    probe = torch.cat([100 * torch.stack([one.probe.mean() for one in each]), pixels(result.pixel_probe)])
    few = torch.cat([100 * torch.stack([one.accuracy.mean() for one in each]), pixels(result.pixels)])
    bars = horizontal_bars(
        probe.numpy(), labels=[*result.recorded, "untrained", "raw pixels"], x_title="%", picked=result.controls.arm,
        as_="{:.0f}", left=176, points={"one label": few.numpy()},
    )  # fmt: skip
    return Figure(
        title="Moved digits named rightly, %",
        caption=(
            "Bars: a linear probe with all labels; {trace:one label|one label per class}. The same trainings, with an"
            f" untrained encoder and raw pixels below. Sampling error of a bar: at most {_WIDEST:.0f} points."
        ),
        text=(
            f"With one label per class, SimCLR names {metrics['recorded_simclr_percent']:.0f} % rightly, raw pixels"
            f" {metrics['pixel_accuracy_percent']:.0f} %. The linear probe names"
            f" {metrics['recorded_simclr_probe_percent']:.0f} % from SimCLR’s codes,"
            f" {metrics['recorded_byol_probe_percent']:.0f} % from BYOL’s,"
            f" {metrics['recorded_autoencoder_probe_percent']:.0f} % from the autoencoder’s,"
            f" {metrics['recorded_jepa_probe_percent']:.0f} % from JEPA’s and {metrics['pixel_probe_percent']:.0f} %"
            " from raw pixels."
        ),
        plot=bars.update_xaxes(nticks=4),
        height=360,
        half=True,
        sources=[Plotted(probe, trace="values"), Plotted(few, trace="one label")],
    )


def _live(result: ParadigmsResult, metrics: Measurements) -> Figure:
    snapshots, own = result.progress.snapshots, result.recorded[result.controls.arm]
    rank = torch.stack([one.rank[0] for one in snapshots])
    accuracy = 100 * torch.stack([one.accuracy[0] for one in snapshots])
    probe = 100 * torch.stack([one.probe[0] for one in snapshots])
    taken = np.array(result.progress.taken)
    charts = [
        Chart(
            "Effective rank", taken, {"rank": rank.numpy()}, {"rank": ACCENT}, "step", (0, CODE + 0.5), dots=True,
            levels=[(own.rank.min().item(), ACCENT), (own.rank.max().item(), ACCENT)],
        ),
        Chart(
            "Named rightly, %", taken, {"probe": probe.numpy(), "accuracy": accuracy.numpy()},
            {"probe": ACCENT, "accuracy": SERIES[1]}, "step", (0, 85), dots=True,
            levels=[(metrics["pixel_probe_percent"], ACCENT), (metrics["pixel_accuracy_percent"], SERIES[1])],
        ),
    ]  # fmt: skip
    return Figure(
        title=f"Trained live: {result.controls.arm}",
        caption=(
            "Left: {trace:rank|effective rank}; dotted: where the lowest and the highest recorded training ended."
            " Right: digits named by {trace:probe|the linear probe} and with {trace:accuracy|one label per class};"
            " dotted: raw pixels."
        ),
        text=(
            f"Trained live, {result.controls.arm} ends at a rank of {metrics['effective_rank']:.1f}. One label per"
            f" class names {metrics['one_label_accuracy_percent']:.0f} % rightly, the linear probe"
            f" {metrics['probe_percent']:.0f} % (sampling error {metrics['probe_error_points']:.1f} points)."
        ),
        plot=charts_beside(charts),
        height=280,
        sources=[Plotted(rank, trace="rank"), Plotted(probe, trace="probe"), Plotted(accuracy, trace="accuracy")],
    )
