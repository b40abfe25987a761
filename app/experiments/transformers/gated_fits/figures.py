"""Errors of three kinds of network on two functions, where they err, and four hidden layers in a language model."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.gated_fits.run import GATED_HIDDEN, PLAIN_HIDDEN, RESTARTS, FitResult
from app.experiments.transformers.recorded_arms import above, losses, weights
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import tiles
from visualizers.theme import ACCENT, MARK

LOWEST = 1e-5
"""Errors below it are drawn there: the axis is logarithmic."""
FIRST = 300
"""Steps of the language models before which losses fall too fast for differences to be seen."""


def figures(result: FitResult, metrics: Measurements) -> Figures:
    return {"errors": _errors(result), "maps": _maps(result), "language": _language(metrics)}


def _errors(result: FitResult) -> Figure:
    functions, errors = (result.controls.smooth, result.controls.corner), result.progress.newest
    gated = result.kinds[-1]
    logs = (errors.clamp(min=LOWEST) / LOWEST).log10().flatten()
    plot = horizontal_bars(
        logs.numpy(), labels=[f"{function}: {kind}" for function in functions for kind in result.kinds], as_="",
        left=150, x_title="relative error", colours=[MARK, MARK, ACCENT] * 2,
    ).update_xaxes(range=[0, 6.2], tickvals=[0, 2, 4], ticktext=["0.00001", "0.001", "0.1"])  # fmt: skip
    for note, error in zip(plot.layout.annotations, errors.flatten().tolist(), strict=True):
        note.text = f"{error:.2g}"
    said = [
        f"on {function} the smallest is {result.kinds[int(row.argmin())]}’s, {row.min().item():.2g}, and the largest"
        f" {result.kinds[int(row.argmax())]}’s, {row.max().item():.2g}"
        for function, row in zip(functions, errors, strict=True)
    ]
    return Figure(
        title=f"Error on {functions[0]}, and on {functions[1]}",
        caption=(
            f"{{accent|{gated}}} beside MLPs of as many weights: {result.parameters}, with {GATED_HIDDEN} neurons or"
            f" {PLAIN_HIDDEN}. Median of {RESTARTS} starts. Shorter is better; the axis is logarithmic."
        ),
        text=f"Of the errors {said[0]}; {said[1]}.",
        plot=plot,
        height=270,
        sources=[Plotted(logs, trace="values")],
    )


def _maps(result: FitResult) -> Figure:
    c = result.controls
    largest = result.maps.amax(dim=(2, 3))  # (2, 3)
    return Figure(
        title="Where they err",
        caption=(
            "Each tile is the plane of x and y. Strong colour: a large error. ReLU errs along creases, a gated network"
            " along the corner."
        ),
        text=(
            f"On {c.corner}, the largest error at any point is {largest[1, 0]:.2g} standard deviations for ReLU and"
            f" {largest[1, 2]:.2g} for {result.kinds[-1]}."
        ),
        plot=tiles(result.maps.numpy(), row_labels=[c.smooth, c.corner], column_labels=result.kinds, high=0.5),
        height=300,
        half=True,
    )


def _language(metrics: Measurements) -> Figure:
    plot, sources = above(("relu", "gelu", "swiglu", "geglu"), "gelu", FIRST, 220)
    higher = int(metrics["language_pairs_higher"])
    return Figure(
        title="In a language model: loss minus GELU’s mean, nats per token",
        caption=(
            f"Recorded. Decoders with one of four layers, {number(weights('swiglu'))} weights each, on simple English."
            " Line: mean of five trainings. Band: all five. Lower is better."
        ),
        text=(
            f"In the decoders, GELU ends at {losses('gelu')[:, -1].mean():.2f} nats per token on held-out text, SwiGLU"
            f" {metrics['language_gain_nats']:.3f} lower. Over the five pairs of trainings, the standard deviation of"
            f" that gain is {metrics['language_gain_spread_nats']:.3f}. In {higher or 'none'} of the five, SwiGLU ends"
            " higher."
        ),
        plot=plot,
        height=300,
        half=True,
        sources=sources,
    )
