"""The curve over its inputs, learning beside a reference, and the gradient that reaches each layer."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.activation_depth.run import DepthResult
from app.experiments.foundations.activation_forms import phi
from app.experiments.foundations.activation_inputs import of_curve, over_training
from app.provenance.origin import Plotted
from visualizers.curve import apart, curves


def figures(result: DepthResult, metrics: Measurements) -> Figures:
    return {
        "learning": _learning(result, metrics),
        "gradient": _gradient(result, metrics),
        "curve": _curve(result, metrics),
    }


def names(result: DepthResult) -> tuple[str, str]:
    """Of both networks; told apart if they have the same function."""
    own, other = result.controls.trained, result.controls.reference
    return own, other if own != other else f"{other} again"


def _learning(result: DepthResult, metrics: Measurements) -> Figure:
    look, (own, other) = result.progress.newest, names(result)
    drawn = curves(
        look.steps.numpy(),
        {own: 100 * look.accuracies[0].numpy(), other: 100 * look.accuracies[1].numpy()},
        x_title="training step",
        y_range=(0, 104),
        room=76,
    )
    return Figure(
        title="Training digits named correctly, %",
        caption=f"Both networks have {result.controls.depth} hidden layers, the same start and the same digits.",
        text=(
            f"After {result.progress.step} steps {own} names {metrics['training_accuracy']:.0%} of the training digits"
            f" correctly, {other} {metrics['reference_training_accuracy']:.0%}."
        ),
        plot=apart(drawn, 210),
        height=270,
        half=True,
        sources=[Plotted(look.accuracies[row], trace=name, unit=100) for row, name in enumerate((own, other))],
    )


def _gradient(result: DepthResult, metrics: Measurements) -> Figure:
    start, (own, other) = result.progress.snapshots[0], names(result)
    layers = np.arange(1, start.gradient.shape[1] + 1)
    drawn = curves(
        layers,
        {own: start.gradient[0].numpy(), other: start.gradient[1].numpy()},
        x_title="layer, from first to output",
        y_log=True,
        markers=True,
        room=76,
    ).update_yaxes(exponentformat="power", dtick=1)
    return Figure(
        title="Gradient of each layer’s weights before training",
        caption="Root mean square, on a logarithmic axis. Backpropagation runs from right to left.",
        text=(
            "Compared with the output layer, the gradient of the first layer has"
            f" {_share(metrics['gradient_first_over_last'])} of the size with {own} and"
            f" {_share(metrics['reference_gradient_first_over_last'])} with {other}. At its inputs, {own} has a slope"
            f" of {metrics['mean_slope_at_the_start']:.2f} on average."
        ),
        plot=drawn,
        height=270,
        half=True,
        sources=[Plotted(start.gradient[row], trace=name) for row, name in enumerate((own, other))],
    )


def _share(ratio: float) -> str:
    return f"{ratio:.1%}" if ratio >= 0.001 else "less than 0.1%"


def _curve(result: DepthResult, metrics: Measurements) -> Figure:
    own = phi(result.controls.trained)
    return Figure(
        title="The curve, its derivative, and the inputs that the network gives it",
        caption=(
            f"{{trace:{result.controls.trained}|The curve}} and {{trace:derivative|its derivative}}. Bars: how often"
            " each z occurs in all hidden layers, grey where the derivative is below 0.1."
        ),
        text=(
            f"The derivative is at most {metrics['largest_slope']:.3g}. After training"
            f" {metrics['flat_inputs_share']:.0%} of the pre-activations lie where it is below 0.1."
        ),
        plot=over_training(result.progress, {result.controls.trained: own}, own),
        height=340,
        steps="training",
        start=len(result.progress.shown) - 1,
        sources=[of_curve(own, result.controls.trained)],
    )
