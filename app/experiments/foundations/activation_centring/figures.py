"""What hidden units pass on, how fast each network learns at its best rate, and the curve over its inputs."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.activation_centring.run import (
    RATES,
    SAME,
    CentringResult,
    functions,
    outputs,
)
from app.experiments.foundations.activation_inputs import flat_share, of_curve, over_inputs, shares_by_bin
from app.provenance.origin import Plotted
from visualizers.activation import output_histograms
from visualizers.curve import curves
from visualizers.theme import INK_3

EDGES = np.linspace(-2.05, 4.05, 62)


def figures(result: CentringResult, metrics: Measurements) -> Figures:
    return {
        "outputs": _outputs(result, metrics),
        "learning": _learning(result, metrics),
        "curve": _curve(result, metrics),
    }


def names(result: CentringResult) -> tuple[str, str]:
    """Of the function of the page, and of what it is compared with."""
    c = result.controls
    own = f"ELU, α = {c.alpha:g}" if c.trained == "ELU" else c.trained
    if c.reference == "ReLU":
        return own, "ReLU" if c.trained != "ReLU" else "ReLU again"
    lifted = f"{c.trained} + 1"
    return own, {"logits": f"{c.trained}, logits + 1", "nothing": f"{own} again"}.get(c.lift, lifted)


def spoken(name: str) -> str:
    """A name inside a sentence: “ELU (α = 1)” for “ELU, α = 1”."""
    function, comma, setting = name.partition(", ")
    return f"{function} ({setting})" if comma else name


def _outputs(result: CentringResult, metrics: Measurements) -> Figure:
    own, other = names(result)
    rows = dict(zip((own, other), (h.numpy() for h in outputs(result)), strict=True))
    rate = RATES[result.controls.optimizer][SAME]
    return Figure(
        title="What the hidden units pass on",
        caption=(
            f"Outputs of all hidden units for held-out digits, both networks trained at rate {rate:g}:"
            f" {{trace:{own}|{own}}} and {{trace:{other}|{other}}}. The black line is their mean."
            " The outermost bars hold everything beyond."
        ),
        text=(
            f"The mean output of a layer lies {metrics['mean_over_deviation']:.2f} standard deviations from zero with"
            f" {spoken(own)} and {metrics['reference_mean_over_deviation']:.2f} with {spoken(other)}."
        ),
        plot=output_histograms(rows, EDGES, x_title="output of a hidden unit"),
        height=320,
    )


def _learning(result: CentringResult, metrics: Measurements) -> Figure:
    look, (own, other), best = result.progress.newest, names(result), result.best
    lines = [look.accuracies[row, rate] for row, rate in enumerate(best)]
    needed = [metrics["steps_to_90_percent"], metrics["reference_steps_to_90_percent"]]
    said = [
        f"{spoken(name)} {f'reaches it after {steps:.0f} steps' if np.isfinite(steps) else 'does not reach it in time'}"
        for name, steps in zip((own, other), needed, strict=True)
    ]
    drawn = curves(
        look.steps.numpy(), {own: 100 * lines[0].numpy(), other: 100 * lines[1].numpy()}, x_title="training step",
        y_range=(0, 104), room=92,
    )  # fmt: skip
    reached = [int(np.isfinite(row).sum()) for row in result.steps_needed.tolist()]
    labels = sorted(drawn.layout.annotations, key=lambda label: label.y)
    labels[0].yshift, labels[-1].yshift = -9, 7
    drawn.add_hline(y=90, line={"width": 1, "dash": "dot", "color": INK_3})
    return Figure(
        title="Training digits named correctly, %",
        caption="Each at the best of its five learning rates. The dotted line is at 90 %.",
        text=(
            f"The mark is 90 % training accuracy, held for 20 steps. At their best learning rates {said[0]}, and"
            f" {said[1]}. Of the five rates tried, {reached[0]} bring {spoken(own)} there and"
            f" {reached[1]} bring {spoken(other)} there."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(line, trace=name, unit=100) for name, line in zip((own, other), lines, strict=True)],
    )


def _curve(result: CentringResult, metrics: Measurements) -> Figure:
    (own, _), (function, _) = names(result), functions(result.controls)
    flat = flat_share(result.progress.newest.trace.z, SAME, function)
    return Figure(
        title="The curve, its derivative and its inputs",
        caption="Bars: how often each z occurs, grey where the {trace:derivative|derivative} is below 0.1.",
        text=f"{flat:.0%} of the inputs of {spoken(own)} lie where its derivative is below 0.1.",
        plot=over_inputs({own: function}, function, shares_by_bin(result.progress.newest.trace.z, SAME)),
        height=300,
        half=True,
        sources=[of_curve(function, own)],
    )
