"""Bells fitted by either order of the arguments, the terms of two typed divergences, and estimates from samples."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.distributions import LETTERS
from app.experiments.foundations.gaussian_fit.run import DIVERGENCES, STEPS, GaussianFitResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.probability.gaussian_fit import log_density
from models.probability.information import kl_terms
from visualizers.bells import fitted_bells
from visualizers.curve import apart, curves
from visualizers.distribution import grouped_bars
from visualizers.theme import ACCENT, INK_3

SHOWN = (0, 5, 10, 20, 35, 60, 110, STEPS)
DRAWN, WINDOW = 6, 7.5
"""Starts that are drawn; all are measured."""

EXACT, ESTIMATE = "closed form", "from samples"
HEIGHT, EDGES = 300, 50  # of the last figure, and what its axis and margins take


def figures(result: GaussianFitResult, metrics: Measurements) -> Figures:
    return {
        "bells": _bells(result, metrics),
        "terms": _terms(result, metrics),
        "samples": _samples(result, metrics),
    }


def _bells(result: GaussianFitResult, metrics: Measurements) -> Figure:
    mine = result.controls.order
    other = next(order for order in DIVERGENCES if order != mine)
    found = result.fits[mine]
    sparse = found.x.abs() <= WINDOW
    bells: dict[str, np.ndarray] = {
        order: np.stack([log_density(fits.x, fits.path[step]).exp()[:DRAWN, sparse].numpy() for step in SHOWN])
        for order, fits in ((mine, found), (other, result.fits[other]))
    }
    target = found.log_p.exp().numpy()
    return Figure(
        title="One bell fitted to two peaks, by either order of the arguments",
        caption=(
            f"{{trace:target|The target}}, and bells that make {{trace:{mine}|{mine}}} small and"
            f" {{trace:{other}|{other}}} small, from {DRAWN} starts each. Step through the fit."
        ),
        text=(
            f"The target has a standard deviation of {metrics['target_deviation']:.2f}. Fitted with KL(target‖fit), the"
            f" bell has {metrics['forward_deviation']:.2f}; with KL(fit‖target), {metrics['reverse_deviation']:.2f}."
        ),
        plot=fitted_bells(
            found.x[sparse].numpy(), target[sparse.numpy()], bells, frames=[str(step) for step in SHOWN],
            start=len(SHOWN) - 1, highest=1.25 * max(float(target.max()), float(bells[other][-1].max()),
            float(bells[mine][-1].max())),
        ),
        height=380,
        steps="step",
        start=len(SHOWN) - 1,
    )  # fmt: skip


def in_nats(value: float) -> str:
    return f"{value:.3f} nats" if np.isfinite(value) else "infinite"


def _terms(result: GaussianFitResult, metrics: Measurements) -> Figure:
    forward, reverse = "p ln(p/q)", "q ln(q/p)"
    there, back = (computed(kl_terms, p=p, q=q) for p, q in ((result.p, result.q), (result.q, result.p)))
    drawn = {"p": result.p, "q": result.q, forward: there.tensor, reverse: back.tensor}
    return Figure(
        title="Two typed distributions, and the terms of both divergences",
        caption=(
            f"{{trace:p|p}}, {{trace:q|q}}; {{trace:{forward}|these bars}} sum to KL(p‖q), {{trace:{reverse}|these}} to"
            " KL(q‖p). A bar is missing where it is infinite."
        ),
        text=(
            f"KL(p‖q) is {in_nats(metrics['kl_p_q_nats'])} and KL(q‖p) is {in_nats(metrics['kl_q_p_nats'])}."
            " A divergence is infinite if its second argument gives 0 to an outcome that the first thinks possible."
        ),
        plot=grouped_bars(
            {name: torch.where(values.isfinite(), values, torch.nan).numpy() for name, values in drawn.items()},
            labels=LETTERS[: len(result.p)],
        ),
        height=300,
        half=True,
        sources=[Plotted(there, trace=forward), Plotted(back, trace=reverse)],
    )


def _samples(result: GaussianFitResult, metrics: Measurements) -> Figure:
    counts = np.array(result.counts)
    plot = curves(
        counts,
        {EXACT: np.full(len(counts), result.closed), ESTIMATE: result.estimates.numpy()},
        x_title="samples",
        x_log=True,
        y_range=(min(-0.25, float(result.estimates.min()) - 0.05), max(0.6, float(result.estimates.max()) + 0.05)),
        colours={EXACT: INK_3, ESTIMATE: ACCENT},
    )
    return Figure(
        title=f"KL of two Gaussians from samples: {result.controls.estimate}",
        caption=f"{{trace:{ESTIMATE}|The estimate}} from more and more samples, and {{trace:{EXACT}|the closed form}}.",
        text=(
            f"From {number(counts[-1])} samples the estimate is {metrics['estimate_nats']:.3f} nats; the closed form"
            f" gives {metrics['closed_form_nats']:.3f}."
        ),
        plot=apart(plot, HEIGHT - EDGES).update_xaxes(
            range=np.log10(counts[[0, -1]]).tolist(), tickvals=[10, 100, 1000, 10_000]
        ),
        height=HEIGHT,
        half=True,
    )
