"""Learned and exact arrows at three levels of noise, the chains level by level, and where they end."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.generative.known_mixture import ALPHA_BAR, PARTS, SIGMAS, course, step_at, told
from app.experiments.generative.score_field.chains import CHAINS, EPSILON, LOWEST, SPREAD, learned_score
from app.experiments.generative.score_field.run import FIELD, PLACES, ScoreFieldResult, left_share
from app.provenance.origin import Computed, Plotted
from models.generative.langevin import step_size
from models.generative.mixtures import log_density, score, smoothed
from models.generative.noise_network import unscaled_score
from models.generative.timestep_embedding import timestep_embedding
from models.seeding import generator
from visualizers.arrow_planes import arrow_planes
from visualizers.curve import curves
from visualizers.field import flow
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, SERIES

REACH, CELLS, DRAWN = 2.7, 31, 200

SENT_STEPS = 5
"""Steps whose noise the browser is given; it samples its own for the others."""


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
            "{c2|Wide arrows}: exact score of the noisy data. {accent|Thin arrows}: the learned score. Behind them: the"
            " density. At high noise arrows point at the middle of all data, at low noise at the nearest mode."
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


def _chains(result: ScoreFieldResult, metrics: Measurements) -> Figure:
    over = result.part == PARTS
    x = result.chains[-1, :DRAWN].nan_to_num(0.0).clamp(-30, 30)
    noise = SIGMAS[step_at(LOWEST)]
    clean = x + noise**2 * learned_score(result.lesson, result.part, x, LOWEST)
    drawn = flow(
        x[None].numpy() if over else np.zeros((1, 0, 2)), guesses=clean[None].numpy() if over else np.zeros((1, 0, 2)),
        data=np.zeros((0, 2)), places=FIELD.numpy(), arrows=result.moves[None].numpy(), frames=[""], reach=3.9,
    )  # fmt: skip
    drawn.frames = ()
    drawn.data[-1].update(hoverinfo=None, hovertemplate="chain at %{x}, %{y} thousandths<extra></extra>")
    words = "The network is still being trained; then the chains start."
    if over:
        words = (
            f"{metrics['left_share_percent']:.1f} % of the chains end in the left half, where"
            f" {result.controls.share} % of the data lie."
        )
    return Figure(
        title="Chains that follow the arrows",
        caption=(
            f"{{accent|{DRAWN} of {CHAINS} chains}} after the last level; {{c2|orange}}: the clean point that the"
            " network predicts for each. Run them from the start: the modes fill at high noise, while they still touch."
        ),
        text=words,
        plot=drawn,
        height=380,
        half=True,
        machine=Machine("chains", _rolling(result)) if over else None,
    )


def _rolling(result: ScoreFieldResult) -> dict[str, object]:
    """The network, told each level’s noise beforehand, and what the chains start from."""
    network = course(result.lesson, result.part).network
    t = torch.tensor([step_at(sigma) for sigma in result.levels])  # (L,)
    clock = timestep_embedding(told(result.lesson.clock, t), network.embedding)  # (L, E)
    read = network.read.weight.detach()  # (D, 2 + E)
    draws = generator(result.lesson.seed + 1)
    start, *noise = (torch.randn(CHAINS, 2, generator=draws)[:DRAWN] for _ in range(1 + SENT_STEPS))
    return {
        "read": read[:, :2].contiguous(), "clocks": clock @ read[:, 2:].T + network.read.bias.detach(),
        "inner": network.inner.weight.detach(), "bias": network.inner.bias.detach(),
        "write": network.write.weight.detach(), "shift": network.write.bias.detach(),
        "sigmas": SIGMAS[t], "scales": ALPHA_BAR[t].sqrt(), "levels": result.levels,
        "alphas": [step_size(sigma, result.levels[-1], EPSILON) for sigma in result.levels],
        "steps": result.controls.steps, "start": SPREAD * start, "noise": torch.stack(noise), "places": FIELD,
        "seed": result.lesson.seed,
    }  # fmt: skip


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
            f"Led by the exact score, {metrics['left_share_of_exact_score_percent']:.1f} % of the chains end in the"
            f" left half; led by the learned one, {metrics['left_share_percent']:.1f} %."
        ),
        plot=drawn,
        height=380,
        half=True,
        sources=[
            Plotted(learned, trace="learned score", unit=100.0),
            Plotted(exact, trace="exact score", unit=100.0),
        ],
    )
