"""The gaps of three bounds below the exact log-likelihood, the posteriors behind them, and samples."""

from math import isfinite

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.bound_gap.run import (
    ENCODER,
    EXACT,
    OPTIMISED,
    PRIOR,
    REFINED,
    SAMPLES,
    BoundGapResult,
)
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.ellipses import ellipses
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, INK_3, SERIES

LOWEST = 0.01
"""Nats: smaller gaps are lost in the noise of the samples, or rounded away."""


def figures(result: BoundGapResult, metrics: Measurements) -> Figures:
    return {
        "gaps": _gaps(result, metrics),
        "posteriors": _posteriors(result, metrics),
        "samples": _samples(result, metrics),
    }


def _gap(value: float) -> str:
    return f"{max(value, 0.0):.2f} nats"


def _place(result: BoundGapResult) -> str:
    """Where the importance samples come from, in a sentence."""
    return "the optimised posterior" if result.controls.proposal == OPTIMISED else result.controls.proposal


def _gaps(result: BoundGapResult, metrics: Measurements) -> Figure:
    c, progress = result.controls, result.progress
    each = "1 sample" if c.samples == 1 else f"{c.samples} samples"
    values = torch.tensor([metrics[f"{name}_gap_nats"] for name in ("encoder", "optimised", "importance")])
    labels = ["bound, shared encoder", "bound, optimised per digit", f"{each} from {_place(result)}"]
    if progress.done:
        text = (
            f"The exact log-likelihood is {metrics['log_likelihood_nats']:.2f} nats per held-out digit. The encoder’s"
            f" bound lies {_gap(metrics['encoder_gap_nats'])} below it. Optimised per digit, the bound lies"
            f" {_gap(metrics['optimised_gap_nats'])} below."
        )
    else:
        text = (
            f"After {progress.step} of {progress.steps} steps the encoder’s bound is {metrics['bound_nats']:.1f} nats."
        )
    return Figure(
        title="Nats below the exact log-likelihood, per held-out digit",
        caption=(
            "How far each bound lies below the exact value. One encoder serves all digits. Then the posterior of each"
            f" digit is improved by itself, in {REFINED} steps. Last: importance sampling."
        ),
        text=text,
        plot=horizontal_bars(
            values.clamp_min(0).numpy(), labels=labels, left=220, colours=[SERIES[1], ACCENT, INK_3], as_="{:.2f}"
        ),
        height=200,
    )


def _posteriors(result: BoundGapResult, metrics: Measurements) -> Figure:
    optimised = " and {trace:optimised per digit|optimised for this digit}" if OPTIMISED in result.ellipses else ""
    return Figure(
        title="Posteriors of one digit in two latents",
        caption=(
            f"One standard deviation of the {{trace:{EXACT}|exact posterior}}, of {{trace:{ENCODER}|the encoder’s}}"
            f"{optimised}. A diagonal one cannot tilt."
        ),
        text=(
            f"At a rotation of {result.controls.rotation}°, the best diagonal posterior leaves a gap of"
            f" {_gap(metrics['family_gap_nats'])} by the formula."
        ),
        plot=ellipses(
            {name: each.numpy() for name, each in result.ellipses.items()},
            x_title="first latent", y_title="last latent",
        ),
        height=300,
        half=True,
        sources=[Plotted(each, lambda points: points[:, 1], name) for name, each in result.ellipses.items()],
    )  # fmt: skip


def _samples(result: BoundGapResult, metrics: Measurements) -> Figure:
    lines = result.importance or {name: torch.full((len(SAMPLES),), torch.nan) for name in (ENCODER, OPTIMISED, PRIOR)}
    drawn = curves(
        SAMPLES, {name: each.where(each >= LOWEST, torch.nan).numpy() for name, each in lines.items()},
        x_title="importance samples per digit", x_log=True, y_log=True, y_range=(-2, 2.5), markers=True, room=12,
        colours={ENCODER: SERIES[1], OPTIMISED: ACCENT, PRIOR: INK_3},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(tickvals=SAMPLES, ticktext=[str(s) for s in SAMPLES])
    halved = metrics["halving_samples"]
    each = "1 sample" if result.controls.samples == 1 else f"{result.controls.samples} samples"
    text = f"The gap with {each} from {_place(result)} is {_gap(metrics['importance_gap_nats'])}."
    if isfinite(halved):
        text += f" The encoder’s gap is halved with {halved:.0f} of them."
    return Figure(
        title="Gap of the importance-sampled likelihood, nats",
        caption=(
            "It lies below the exact value too, on average. Samples come from {trace:the encoder|the encoder},"
            " {trace:optimised per digit|the optimised posterior} or {trace:the prior|the prior}. Gaps below"
            f" {LOWEST} nats are not drawn."
        ),
        text=text if result.importance else "The samples are taken when training is over.",
        plot=drawn,
        height=300,
        half=True,
    )
