"""How far the embeddings of each network stay spread out, where digits lie, and how loss and spread went."""

from math import isfinite

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.digit_map import placed_map
from app.experiments.contrastive.self_targets.five_networks import KINDS
from app.experiments.contrastive.self_targets.run import SelfTargetsResult
from app.provenance.origin import Plotted
from visualizers.charts_beside import Chart, charts_beside
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, FAILED, INK_3, SERIES

COLOURS: dict[str, str] = dict(zip(KINDS, (ACCENT, SERIES[2], FAILED, SERIES[7], INK_3)))
REACH = 1.05
"""Of the map: embeddings have length 1."""

POINTS = 10
"""Of the loss, along the training."""


def figures(result: SelfTargetsResult, metrics: Measurements) -> Figures:
    return {
        "spread": _spread(result, metrics),
        "map": _map(result, metrics),
        "course": _course(result, metrics),
    }


def _spread(result: SelfTargetsResult, metrics: Measurements) -> Figure:
    spread, probe = result.progress.newest.spread, result.progress.newest.probe
    bars = horizontal_bars(
        spread.numpy(), labels=list(KINDS), x_title="spread (1: even over the sphere); share named", sets="kind",
        picked=result.controls.kind, left=200, points={"probe": probe.numpy()},
    )  # fmt: skip
    return Figure(
        title="Spread of the embeddings, and what a linear probe reads from them",
        caption=(
            "Bars: standard deviation of unit embeddings, times √d: near 1 they lie evenly round the sphere, at 0 all"
            " are one point. {trace:probe|Share of digits named by a linear classifier} with all labels. The first two"
            " networks have all guards of their method; each other lacks one. Click a bar to see its map."
        ),
        text=(
            f"BYOL keeps a spread of {metrics['byol_spread']:.2f} and SimSiam {metrics['simsiam_spread']:.2f}. Without"
            f" the stop-gradient it is {metrics['spread_without_stop']:.2f}, without the predictor"
            f" {metrics['spread_without_predictor']:.2f}, and with a moving average but no predictor"
            f" {metrics['spread_without_predictor_averaged']:.2f}. The linear probe names"
            f" {metrics['byol_probe_percent']:.0f} % from BYOL’s embeddings, without the stop-gradient"
            f" {metrics['probe_without_stop_percent']:.0f} %, from raw pixels {metrics['pixel_probe_percent']:.0f} %."
        ),
        plot=bars.update_xaxes(range=[0, 1.04]),
        height=280,
        sources=[Plotted(spread, trace="values"), Plotted(probe, trace="probe")],
    )


def _in_the_plane(z: Tensor) -> Tensor:
    """From their mean, along the two directions in which they vary most, no matter how little.  (Q, D) → (Q, 2)"""
    if not z.isfinite().all():
        return torch.full((len(z), 2), torch.nan)
    centred = z - z.mean(0)
    return centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:2].T


def _map(result: SelfTargetsResult, metrics: Measurements) -> Figure:
    figure = placed_map(
        torch.stack([_in_the_plane(one.z[result.shown]) for one in result.progress.shown]), result.y,
        result.progress.shown_steps,
        title=f"Held-out digits on the unit sphere: {result.controls.kind}",
        caption=(
            "Each numeral is one moved digit, in the two directions in which the embeddings vary most. The frame always"
            " reaches from −1 to 1: where a network collapses, the numerals become one blot."
        ),
        text=(
            f"The effective rank of {result.controls.kind} is {metrics['effective_rank']:.1f} of 64. One label per"
            f" class names {metrics['one_label_accuracy_percent']:.0f} % rightly (raw pixels:"
            f" {metrics['pixel_accuracy_percent']:.0f} %), the linear probe {metrics['probe_percent']:.0f} % (sampling"
            f" error {metrics['probe_error_points']:.1f} points)."
        ),
        height=340,
    )  # fmt: skip
    figure.plot.update_xaxes(range=[-REACH, REACH]).update_yaxes(range=[-REACH, REACH])
    return figure


def _course(result: SelfTargetsResult, metrics: Measurements) -> Figure:
    spread = torch.stack([one.spread for one in result.progress.snapshots], 1)  # (K, S)
    width = max(1, result.controls.steps // POINTS)
    parts = result.losses[: len(result.losses) // width * width]
    loss = parts.view(-1, width, len(KINDS)).mean(1).T if len(parts) else torch.full((len(KINDS), 1), torch.nan)
    named = {f"{kind}, loss": loss[k] for k, kind in enumerate(KINDS)}
    spreads = dict(zip(KINDS, spread))
    at = width * np.arange(1, loss.shape[1] + 1)
    charts = [
        Chart(
            "Spread", np.array(result.progress.taken), {name: each.numpy() for name, each in spreads.items()}, COLOURS,
            "step", (0, 1.08), dots=True,
        ),
        Chart(
            "Loss", at, {name: each.numpy() for name, each in named.items()},
            {f"{kind}, loss": colour for kind, colour in COLOURS.items()}, "step", (0, 2.05),
        ),
    ]  # fmt: skip
    return Figure(
        title="Spread and loss during training",
        caption=(
            "{trace:BYOL|BYOL}, {trace:SimSiam|SimSiam}, {trace:no stop-gradient|no stop-gradient},"
            " {trace:no predictor|no predictor},"
            " {trace:no predictor, moving average|no predictor but a moving average}."
        ),
        text=(
            f"The loss without the stop-gradient is {100 * metrics['loss_share_without_stop']:.0f} % of that of BYOL."
            if isfinite(metrics["loss_share_without_stop"])
            else "The losses are not known yet."
        ),
        plot=charts_beside(charts).update_xaxes(nticks=3),
        height=340,
        half=True,
        sources=[Plotted(each, trace=name) for name, each in (spreads | named).items() if each.isfinite().any()],
    )
