"""Learned and exact corrections in the plane, the error at other noise, and digits that lose their noise."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.digit_codes.figures import first_of_each
from app.experiments.generative.noise_removal.run import PLACES, REACH, TESTED, NoiseRemovalResult
from app.provenance.origin import Computed, Plotted
from models.generative.denoising_autoencoder import score_from_correction
from models.generative.mixtures import log_density, score, smoothed
from visualizers.arrow_planes import arrow_planes
from visualizers.curve import apart, curves, mark_x
from visualizers.image import pictures
from visualizers.theme import ACCENT, INK_3, SERIES

CELLS = 41


def figures(result: NoiseRemovalResult, metrics: Measurements) -> Figures:
    return {
        "arrows": _arrows(result, metrics),
        "errors": _errors(result, metrics),
        "digits": _digits(result, metrics),
    }


def _arrows(result: NoiseRemovalResult, metrics: Measurements) -> Figure:
    sigma = result.controls.sigma
    span, title, noisy = torch.linspace(-REACH, REACH, CELLS), f"σ = {sigma}", smoothed(result.mixture, sigma)
    grid = torch.cartesian_prod(span, span).flip(-1)  # rows of one y
    ground = log_density(noisy, grid).exp().view(1, CELLS, CELLS)
    learned = Computed(
        result.learned, score_from_correction, {"noisy": PLACES, "reconstructed": result.placed, "sigma": sigma}
    )
    exact = Computed(result.exact, score, {"mixture": noisy, "x": PLACES})
    return Figure(
        title="Corrections and the score of the noisy data",
        caption=(
            "{c2|Wide arrows}: exact score of the noisy data. {accent|Thin arrows}: correction by the network, x̂ − x̃,"
            " divided by σ². Behind them: the density of the noisy data."
        ),
        text=(
            f"At held-out points, the squared error of correction/σ² is {metrics['score_error_percent']:.1f} % of the"
            " mean square of the noisy data’s score. Against the clean data’s score it is"
            f" {metrics['clean_score_error_percent']:.0f} %. The mean cosine with the noisy data’s score is"
            f" {metrics['cosine']:.2f}."
        ),
        plot=arrow_planes(
            PLACES.numpy(), {"exact": result.exact[None].numpy(), "learned": result.learned[None].numpy()},
            ground.numpy(), titles=[title], reach=REACH, longest=0.55,
        ),
        height=400,
        half=True,
        sources=[
            Plotted(learned, trace=f"learned, {title}", several=True, unit=None),
            Plotted(exact, trace=f"exact, {title}", several=True, unit=None),
        ],
    )  # fmt: skip


def _errors(result: NoiseRemovalResult, metrics: Measurements) -> Figure:
    sigma = result.controls.sigma
    lines = {"left alone": result.untouched, "network": result.errors, "best": result.lowest}
    drawn = curves(
        (sigma * TESTED).numpy(), {name: line.numpy() for name, line in lines.items()}, x_title="noise of the input, σ",
        y_range=(0, 2.1 * sigma), room=76, colours={"left alone": INK_3, "network": ACCENT, "best": SERIES[1]},
    )  # fmt: skip
    return Figure(
        title="Error at other noise than in training",
        caption=(
            "Root of the mean squared error per coordinate, in the plane: {trace:left alone|left alone},"
            " {trace:network|after the network}, and after {trace:best|the best reconstruction} for each σ."
        ),
        text=(
            f"At the noise of training, {sigma}, the squared error is {metrics['above_lowest_percent']:.1f} % above the"
            f" lowest possible. Points without noise, which are best left alone, are moved by"
            f" {result.errors[0]:.2f} per coordinate (root of the mean square)."
        ),
        plot=mark_x(apart(drawn, 300), sigma, "training"),
        height=400,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _digits(result: NoiseRemovalResult, metrics: Measurements) -> Figure:
    c = result.controls
    chosen = torch.cat([first_of_each(result.y), torch.tensor([len(result.y)])])  # (11,)
    rows = torch.stack([result.clean, result.noised, result.restored])[:, chosen]  # (3, 11, 64)
    return Figure(
        title="Held-out digits: clean, noisy and restored",
        caption=(
            "Top: the digit; last, yours. Middle: with noise. Bottom: after a network that was trained on digits."
            " Under each: which digit a separate classifier, the judge, takes it for."
        ),
        text=(
            f"Noise of standard deviation {c.tested * c.sigma:.3g} was added to the digits. The network leaves"
            f" {metrics['digit_error_left_percent']:.0f} % of its squared error. The judge reads"
            f" {metrics['noisy_read_percent']:.0f} % of the noisy digits right and"
            f" {metrics['restored_read_percent']:.0f} % of the restored ones."
        ),
        plot=pictures(
            rows.unflatten(-1, (8, 8)).nan_to_num(-1.0).numpy(), rows=["clean", "noisy", "restored"],
            columns=[*map(str, range(10)), "yours"],
            under=[list(map(str, each)) for each in result.read[:, chosen].tolist()],
        ),
        height=290,
    )  # fmt: skip
