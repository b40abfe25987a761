"""The map of two latents to walk through, the terms of the bound over training, and samples."""

from math import isfinite
from operator import itemgetter

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.code_plane import plane_figure
from app.experiments.generative.latent_map.run import ACTIVE, AUTOENCODER, LatentMapResult
from app.provenance.origin import Plotted
from visualizers.charts_beside import Chart, charts_beside
from visualizers.image import pictures
from visualizers.theme import ACCENT, INK, INK_3, SERIES

SHOWN = 12
"""Samples per row."""


def figures(result: LatentMapResult, metrics: Measurements) -> Figures:
    return {"map": _map(result, metrics), "terms": _terms(result, metrics), "samples": _samples(result, metrics)}


def _map(result: LatentMapResult, metrics: Measurements) -> Figure:
    two = result.controls.latents == 2
    names = ("first latent", "second latent") if two else ("first direction", "second direction")
    if two and result.controls.objective != AUTOENCODER:
        more = "The map reaches three standard deviations of the prior to each side."
    elif two:
        more = "The map reaches as far as the codes do; the prior would hold them within 3."
    else:
        more = "The map is the plane along which the codes vary most; across it they are at their mean."
    return plane_figure(
        result.plane,
        result.y,
        title="A map of the latents",
        axes=names,
        caption=more,
        text=(
            "Held-out digits, decoded from the means of their codes, have a squared error of"
            f" {metrics['held_out_error']:.3f} per pixel."
        ),
    )


def _terms(result: LatentMapResult, metrics: Measurements) -> Figure:
    progress = result.progress
    taken = np.array(progress.taken)
    reconstruction = torch.stack([one.reconstruction for one in progress.snapshots])  # (S,)
    kl = torch.stack([one.kl for one in progress.snapshots])  # (S, Z)
    total = kl.sum(-1)
    bound = reconstruction - total
    low = max(float(bound[1:].min()) if len(bound) > 1 else -150.0, -150.0)
    left = Chart(
        "Nats per held-out digit", taken,
        {"bound": bound.numpy(), "reconstruction": reconstruction.numpy(), "minus KL": -total.numpy()},
        {"bound": ACCENT, "reconstruction": SERIES[2], "minus KL": SERIES[1]}, "step", (1.15 * low, 8),
        levels=[(result.likelihood, INK)] if isfinite(result.likelihood) else [], dots=True,
    )  # fmt: skip
    right = Chart(
        "KL of each latent, nats", taken, {f"latent {n}": kl[:, n].numpy() for n in range(kl.shape[1])},
        {f"latent {n}": SERIES[n % len(SERIES)] for n in range(kl.shape[1])}, "step",
        (0, 1.1 * max(1.0, float(kl[1:].max()) if len(kl) > 1 else 1.0)), levels=[(ACTIVE, INK_3)], dots=True,
    )  # fmt: skip
    known = ""
    if progress.done:
        how = "exact" if result.controls.latents == 2 else "by importance sampling"
        known = (
            f" The log-likelihood, {how}, is {metrics['log_likelihood_nats']:.1f}, which is"
            f" {metrics['gap_nats']:.1f} nats above the bound."
        )
    return Figure(
        title="The bound and its terms while it learns",
        caption=(
            "Left: the {trace:bound|bound} is the sum of the {trace:reconstruction|reconstruction term} and the"
            " {trace:minus KL|negative KL}; dotted: the log-likelihood. Right: the KL of each latent; below the"
            " dotted line a latent is silent."
        ),
        text=(
            f"The bound is {metrics['bound_nats']:.1f} nats per held-out digit: reconstruction"
            f" {metrics['reconstruction_nats']:.1f}, KL {metrics['kl_nats']:.2f}.{known}"
            f" {metrics['active_latents']:.0f} of {result.controls.latents} latents are active."
        ),
        plot=charts_beside([left, right]),
        height=290,
        sources=[Plotted(reconstruction, trace="reconstruction")]
        + [Plotted(kl, itemgetter((slice(None), n)), f"latent {n}") for n in range(kl.shape[1])],
    )


def _samples(result: LatentMapResult, metrics: Measurements) -> Figure:
    rows = [(result.samples, result.judged), (result.fitted_samples, result.fitted_judged)]
    images = torch.stack([images[:SHOWN] for images, _ in rows])  # (2, N, 64)
    return Figure(
        title="New digits: codes sampled at random and decoded",
        caption=(
            "Top: codes from the prior. Below: from a Gaussian fitted to the codes of the training digits. Under each:"
            " the digit that a separate classifier, the judge, takes it for."
        ),
        text=(
            f"The judge is at least 90 % sure of {metrics['readable_percent']:.0f} % of the samples from the prior, and"
            f" of {metrics['fitted_readable_percent']:.0f} % of those from the fitted Gaussian."
        ),
        plot=pictures(
            images.unflatten(-1, (8, 8)).nan_to_num().numpy(),
            rows=["prior", "fitted"],
            columns=[""] * SHOWN,
            under=[[str(int(c)) for c in found[:SHOWN].argmax(-1)] for _, found in rows],
        ),
        height=180,
    )
