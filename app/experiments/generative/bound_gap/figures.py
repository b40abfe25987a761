"""The gaps of three bounds below the exact log-likelihood, the posteriors behind them, and samples."""

from math import isfinite

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.bound_gap.encoder_course import ENCODER, OPTIMISED, PARTS, PRIOR, REFINED, SAMPLES
from app.experiments.generative.bound_gap.run import EXACT, BoundGapResult, running_mean
from app.provenance.origin import Plotted
from visualizers.charts_beside import Chart, charts_beside
from visualizers.ellipses import ellipses
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, INK, INK_3, SERIES

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
    c = result.controls
    each = "1 sample" if c.samples == 1 else f"{c.samples} samples"
    values = torch.tensor([metrics[f"{name}_gap_nats"] for name in ("encoder", "optimised", "importance")])
    labels = ["shared encoder", "optimised per digit", "importance samples"]
    shown = values.clamp_min(0)
    if result.part == PARTS:
        text = (
            f"The exact log-likelihood is {metrics['log_likelihood_nats']:.2f} nats per held-out digit. The encoder’s"
            f" bound lies {_gap(metrics['encoder_gap_nats'])} below it. Optimised per digit, the bound lies"
            f" {_gap(metrics['optimised_gap_nats'])} below."
        )
    else:
        text = (
            f"After {result.part * c.steps // PARTS} of {c.steps} steps the encoder’s bound is"
            f" {metrics['bound_nats']:.1f} nats."
        )
    return Figure(
        title="Nats below the exact log-likelihood",
        caption=(
            "How far each bound lies below the exact value, per held-out digit. Top: one encoder serves all digits."
            f" Middle: the posterior of each digit is improved by itself, in {REFINED} steps. Bottom: estimated with"
            f" {each} from {_place(result)}."
        ),
        text=text,
        plot=horizontal_bars(shown.numpy(), labels=labels, left=150, colours=[SERIES[1], ACCENT, INK_3], as_="{:.2f}"),
        height=300,
        half=True,
        sources=[Plotted(shown, trace="values")],
    )


def _posteriors(result: BoundGapResult, metrics: Measurements) -> Figure:
    optimised = ", {trace:optimised per digit|the one optimised for this digit}" if OPTIMISED in result.ellipses else ""
    gap = metrics["family_gap_nats"]
    fits = "a diagonal posterior can fit the exact one" if gap < LOWEST else "no diagonal posterior fits the exact one"
    return Figure(
        title="Posteriors of one digit in two latents",
        caption=(
            f"Ellipses at one standard deviation: {{trace:{EXACT}|exact posterior}}, {{trace:{ENCODER}|the encoder’s}}"
            f"{optimised}. The approximate ones are diagonal and cannot tilt."
        ),
        text=(
            f"At a rotation of {result.controls.rotation}°, {fits}: by the formula the best leaves a gap of"
            f" {_gap(gap)}."
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
    shown = {name: each.where(each >= LOWEST, torch.nan) for name, each in lines.items()}
    estimated, error = running_mean(result.kl_samples)  # (S,) each
    terms = {
        "from samples": estimated, "by the formula": result.kl.expand(len(SAMPLES)),
        "one error more": result.kl + error, "one error less": result.kl - error,
    }  # fmt: skip
    plain = lambda values: {name: one.numpy() for name, one in values.items()}
    drawn = charts_beside([
        Chart("gap of the likelihood", np.asarray(SAMPLES), plain(shown),
              {ENCODER: SERIES[1], OPTIMISED: ACCENT, PRIOR: INK_3}, "samples per digit", (-2, 2.5), dots=True),
        Chart("KL term", np.asarray(SAMPLES), plain(terms),
              dict(zip(terms, (SERIES[1], INK, INK_3, INK_3))), "samples per digit"),
    ])  # fmt: skip
    ticks = {"type": "log", "tickvals": SAMPLES, "ticktext": list(map(str, SAMPLES))}
    drawn.update_layout(xaxis=ticks, xaxis2=ticks, yaxis={"type": "log", "dtick": 1})
    halved = metrics["halving_samples"]
    each = "1 sample" if result.controls.samples == 1 else f"{result.controls.samples} samples"
    text = (
        f"The encoder’s KL term is {metrics['kl_nats']:.2f} nats by the formula. The estimate from {each} per digit is"
        f" {metrics['sampled_kl_nats']:.2f}, with a standard error of {metrics['sampled_kl_error_nats']:.2f}."
    )
    if result.importance:
        text += f" The gap with {each} from {_place(result)} is {_gap(metrics['importance_gap_nats'])}."
    if isfinite(halved):
        text += f" To halve the encoder’s gap takes {halved:.0f} of its samples."
    return Figure(
        title="What samples can do, nats per digit",
        caption=(
            "Left: how far the importance-sampled likelihood lies below the exact one. Samples come from {trace:the"
            " encoder|the encoder}, {trace:optimised per digit|the optimised posterior} or {trace:the prior|the prior}."
            f" Gaps below {LOWEST} nats are not drawn. Right: the KL term {{trace:from samples|from samples}} and"
            " {trace:by the formula|by the formula}; other lines: one standard error above and below."
        ),
        text=text,
        plot=drawn,
        height=290,
        sources=[Plotted(one, trace=name) for name, one in (shown | terms).items() if one.isfinite().any()],
    )
