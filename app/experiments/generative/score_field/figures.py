"""Learned and exact arrows at three levels of noise, the chains level by level, and where they end."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.known_mixture import PARTS, SIGMAS, step_at
from app.experiments.generative.score_field.run import CHAINS, FIELD, PLACES, ScoreFieldResult, left_share
from app.provenance.origin import Computed, Plotted
from models.generative.mixtures import log_density, score, smoothed
from models.generative.noise_network import unscaled_score
from visualizers.arrow_planes import arrow_planes
from visualizers.curve import curves
from visualizers.field import flow
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, SERIES

REACH, CELLS, DRAWN, MOST_FRAMES = 2.7, 31, 250, 11


def figures(result: ScoreFieldResult, metrics: Measurements) -> Figures:
    return {
        "arrows": _arrows(result, metrics),
        "chains": _chains(result, metrics),
        "shares": _shares(result, metrics),
    }


def _arrows(result: ScoreFieldResult, metrics: Measurements) -> Figure:
    span = torch.linspace(-REACH, REACH, CELLS)
    grid = torch.cartesian_prod(span, span).flip(-1)  # rows of one y
    grounds = torch.stack([log_density(smoothed(result.mixture, s), grid).exp() for s in result.sigmas])
    titles = [f"σ = {sigma:.2g}" for sigma in result.sigmas]
    sources = []
    for plane, (title, sigma) in enumerate(zip(titles, result.sigmas)):
        noised = smoothed(result.mixture, sigma)
        learned = Computed(
            result.learned[plane], unscaled_score, {"noise": result.predicted_noise[plane], "sigma": sigma}
        )
        exact = Computed(result.exact[plane], score, {"mixture": noised, "x": PLACES})
        sources += [
            Plotted(learned, trace=f"learned, {title}", several=True, unit=None),
            Plotted(exact, trace=f"exact, {title}", several=True, unit=None),
        ]
    return Figure(
        title="The score: learned arrows on exact ones",
        caption=(
            "{c2|Wide}: exact score of the noisy data. {accent|Thin}: what the network learned. Behind them: the"
            " density. At high noise arrows point at the whole, at low noise at the nearest mode."
        ),
        text=(
            f"The mean cosine of learned and exact arrows is {metrics['cosine_at_high_noise']:.3f} at"
            f" {titles[0]} and {metrics['cosine_at_low_noise']:.3f} at {titles[-1]}. The density has one maximum from"
            f" σ = {metrics['merged_from_sigma']:.2f} on."
        ),
        plot=arrow_planes(
            PLACES.numpy(), {"exact": result.exact.numpy(), "learned": result.learned.numpy()},
            grounds.unflatten(-1, (CELLS, CELLS)).numpy(), titles=titles, reach=REACH, longest=0.6,
        ),
        height=270,
        sources=sources,
    )  # fmt: skip


def _kept(result: ScoreFieldResult) -> list[int]:
    """The levels after which the chains are drawn: all, or some at equal distances with both ends."""
    last = len(result.levels)
    return sorted({round(place) for place in np.linspace(0, last, min(last + 1, MOST_FRAMES))})


def _chains(result: ScoreFieldResult, metrics: Measurements) -> Figure:
    kept = _kept(result)
    names = ["start" if not level else f"after σ = {result.levels[level - 1]:.2g}" for level in kept]
    if result.controls.order == "lowest level only":
        names = ["start" if not level else f"after level {level}" for level in kept]
    x = result.chains[kept][:, :DRAWN].nan_to_num(0.0).clamp(-30, 30)
    sigmas = [result.levels[max(level - 1, 0)] for level in kept]
    denoised = torch.stack([_denoised(result, cloud, s) for cloud, s in zip(x, sigmas)])
    drawn = flow(
        x.numpy(), guesses=denoised.numpy(), data=np.zeros((0, 2)), places=FIELD.numpy(),
        arrows=result.guesses[kept].numpy(), frames=names, start=len(names) - 1, reach=3.9,
    )  # fmt: skip
    told = "The network is still being trained; then the chains start."
    if result.part == PARTS:
        told = (
            f"{metrics['left_share_percent']:.1f} % of the chains end in the left half, where"
            f" {result.controls.share} % of the data lie."
        )
    return Figure(
        title="Chains that follow the arrows",
        caption=(
            f"{{accent|{DRAWN} of {CHAINS} chains}} after each level; {{c2|orange}}: the mean of the clean points that"
            " the exact score gives for them. Step back: the modes fill while they still touch."
        ),
        text=told,
        plot=drawn,
        height=360,
        half=True,
        steps="level",
        start=len(names) - 1,
    )


def _denoised(result: ScoreFieldResult, x: torch.Tensor, sigma: float) -> torch.Tensor:
    """E[x_0 | x] by the exact score: x + σ² ∇ log p_σ(x)."""
    s = SIGMAS[step_at(sigma)]
    return x + s**2 * score(smoothed(result.mixture, s), x)


def _shares(result: ScoreFieldResult, metrics: Measurements) -> Figure:
    learned, exact = left_share(result.chains), left_share(result.exact_chains)
    levels = np.arange(len(learned))
    drawn = curves(
        levels, {"learned score": 100 * learned.numpy(), "exact score": 100 * exact.numpy()},
        x_title="levels done", y_range=(40, 100), room=12, markers=True,
        colours={"learned score": ACCENT, "exact score": SERIES[1]},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.add_shape(reference_line(y=result.controls.share))
    return Figure(
        title="Chains in the left half, %",
        caption=(
            "Chains led by {trace:learned score|the learned score} and by {trace:exact score|the exact one}. The"
            " dotted line is the data’s share."
        ),
        text=(
            f"The learned score leads {metrics['left_share_percent']:.1f} % of the chains to the left half, the exact"
            f" score {metrics['left_share_of_exact_score_percent']:.1f} %; the data have {result.controls.share} %."
        ),
        plot=drawn,
        height=360,
        half=True,
        sources=[
            Plotted(learned, trace="learned score", unit=100.0),
            Plotted(exact, trace="exact score", unit=100.0),
        ],
    )
