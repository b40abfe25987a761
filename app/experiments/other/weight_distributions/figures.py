"""The band of the curves beside that of the exact posterior, how wide both are, and the spread of one weight."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.other.weight_distributions.run import INPUTS, WeightDistributionResult
from app.provenance.origin import Plotted
from models.data.noisy_curve import curve
from models.training.posterior_draws import STRETCHES
from visualizers.curve import curves
from visualizers.curve_bands import Band, band_widths, curve_bands
from visualizers.theme import SERIES

OURS, EXACT = "learned weights", "exact posterior"
TWO = 2
"""A band is drawn so many standard deviations up and down."""

PLACES, BINS = 401, 25


def figures(result: WeightDistributionResult, metrics: Measurements) -> Figures:
    return {
        "band": _band(result, metrics),
        "width": _width(result, metrics),
        "weight": _weight(result, metrics),
    }


def _band(result: WeightDistributionResult, metrics: Measurements) -> Figure:
    ours, exact = result.progress.newest.curves[:, 0], result.exact
    middle, theirs = ours.mean(0), exact.mean(0)
    done = "" if result.progress.done else f" (step {result.progress.step})"
    return Figure(
        title=f"What the network predicts, and how sure it is{done}",
        caption=(
            "{trace:learned weights|Mean and band} (two standard deviations) of curves whose weights are drawn from the"
            " learned distributions. {trace:exact posterior|Dashed}: the same of the exact posterior. Pale columns:"
            " where there are points. Dotted: the true curve."
        ),
        text=(
            f"Where there are points, a curve deviates by {metrics['band_inside']:.3f} from the mean (one standard"
            f" deviation); exactly it would be {metrics['exact_band_inside']:.3f}. Between the two stretches it is"
            f" {metrics['band_between']:.3f} instead of {metrics['exact_band_between']:.3f}, outside"
            f" {metrics['band_outside']:.3f} instead of {metrics['exact_band_outside']:.3f}."
        ),
        plot=curve_bands(
            INPUTS.numpy(),
            {
                OURS: Band(middle.numpy(), TWO * ours.std(0).numpy()),
                EXACT: Band(theirs.numpy(), TWO * exact.std(0).numpy()),
            },
            points=torch.stack(list(result.points), 1).numpy(), truth=curve(INPUTS).numpy(), stretches=STRETCHES,
            y_range=(-3.2, 3.2),
        ),
        height=380,
        sources=[Plotted(middle, trace=OURS), Plotted(theirs, trace=EXACT)],
    )  # fmt: skip


def _width(result: WeightDistributionResult, metrics: Measurements) -> Figure:
    widths = {OURS: result.progress.newest.curves.std(0).mean(0), EXACT: result.exact.std(0)}
    return Figure(
        title="Standard deviation of the curves",
        caption=(
            "{trace:learned weights|Learned weights} (mean of four trainings) and the"
            " {trace:exact posterior|exact posterior}. Between the columns there are no points."
        ),
        text=(
            f"Between the points the learned band is {metrics['between_over_exact']:.2f} times as wide as the exact"
            f" one, where there are points {metrics['inside_over_exact']:.1f} times as wide."
        ),
        plot=band_widths(
            INPUTS.numpy(), {name: width.numpy() for name, width in widths.items()}, stretches=STRETCHES,
            y_range=(0, 1.0),
        ),
        height=300,
        half=True,
        sources=[Plotted(width, trace=name) for name, width in widths.items()],
    )  # fmt: skip


def _weight(result: WeightDistributionResult, metrics: Measurements) -> Figure:
    newest, exact = result.progress.newest, result.exact_theta[:, -1]
    x = torch.linspace(-2.5, 2.5, PLACES)
    learned = torch.distributions.Normal(newest.mean[:, -1], newest.sigma[:, -1])
    density = learned.log_prob(x[:, None]).exp()[:, 0]  # (401,)
    edges = np.linspace(-2.5, 2.5, BINS + 1)
    counts = np.histogram(exact.numpy(), edges)[0]
    exactly = torch.from_numpy(np.interp(x.numpy(), (edges[1:] + edges[:-1]) / 2, counts)).float()
    lines = {OURS: density / density.max(), EXACT: exactly / exactly.max()}
    drawn = curves(
        x.numpy(), {name: line.numpy() for name, line in lines.items()}, x_title="output bias c", room=12,
        colours={OURS: SERIES[0], EXACT: SERIES[1]},
    )  # fmt: skip
    drawn.layout.annotations = ()
    return Figure(
        title="One weight: the output bias",
        caption=(
            "{trace:learned weights|Its learned distribution} and its {trace:exact posterior|exact posterior}, from 512"
            " draws; the highest point of each is set to 1."
        ),
        text=(
            f"The learned standard deviation of the output bias is {newest.sigma[0, -1]:.2f}, the exact one"
            f" {exact.std():.2f}; the exact curves still agree to {metrics['exact_band_inside']:.2f} where there are"
            " points."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )
