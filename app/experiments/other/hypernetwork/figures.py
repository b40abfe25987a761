"""The curve that the generated weights draw, the weights themselves, and the errors during training."""

from functools import partial

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.other.hypernetwork.run import FRAMES, HypernetworkResult, sines
from app.number_format import number, small
from app.provenance.origin import Computed, Plotted
from models.approximation.hypernetwork import main_network, parted
from visualizers.curve import curves
from visualizers.stepped_curves import stepped_curves
from visualizers.theme import ACCENT, INK_3, SERIES
from visualizers.weight_paths import weight_paths

START = FRAMES // 3
"""The frequency shown first."""

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)

GROUPS = ("input weights", "biases", "output weights")


def figures(result: HypernetworkResult, metrics: Measurements) -> Figures:
    return {
        "curve": _curve(result, metrics),
        "errors": _errors(result, metrics),
        "weights": _weights(result, metrics),
    }


def _frames(result: HypernetworkResult) -> list[str]:
    known = (result.frequencies[:, None] - result.trained).abs().amin(1) < 1e-4
    pairs = zip(result.frequencies.tolist(), known.tolist())
    return [f"{frequency:.2f}{', trained' if trained else ''}" for frequency, trained in pairs]


def _curve(result: HypernetworkResult, metrics: Measurements) -> Figure:
    names = _frames(result)
    made = Computed(result.outputs, main_network, {"x": result.x, "w": result.weights})
    return Figure(
        title="One generator, a network for every frequency",
        caption=(
            "Step through the frequencies: {trace:true sine|the true sine} and {trace:main network|the main network},"
            " whose weights are generated for each. Only some frequencies were trained."
        ),
        text=(
            f"On the {len(result.trained)} trained frequencies the error is {small(metrics['trained_error'])}, on those"
            f" halfway between them {small(metrics['between_error'])}."
        ),
        plot=stepped_curves(
            result.x.numpy(),
            {"true sine": sines(result.frequencies, result.x).numpy(), "main network": result.outputs.numpy()},
            x_title="x", y_range=(-1.6, 1.6), colours={"true sine": INK_3, "main network": ACCENT}, frames=names,
            start=START,
        ),
        height=300,
        half=True,
        steps="frequency",
        start=START,
        sources=[Plotted(made, trace="main network", framed=True)],
    )  # fmt: skip


def _errors(result: HypernetworkResult, metrics: Measurements) -> Figure:
    found = {
        "trained": torch.tensor([one.trained for one in result.progress.snapshots]),
        "between": torch.tensor([one.between for one in result.progress.snapshots]),
        "task as input, between": torch.tensor([one.input_between for one in result.progress.snapshots]),
    }
    drawn = curves(
        np.array(result.progress.taken), {name: each.numpy() for name, each in found.items()}, x_title="step",
        markers=True, room=12, y_log=True,
        colours={"trained": ACCENT, "between": SERIES[1], "task as input, between": INK_3},
    ).update_yaxes(tickvals=TICKS, ticktext=[f"{tick:g}" for tick in TICKS])  # fmt: skip
    drawn.layout.annotations = ()
    return Figure(
        title="Error during training, root mean square",
        caption=(
            "Frequencies {trace:trained|trained} and {trace:between|between} them; {trace:task as input, between|grey}:"
            " a plain network of equal size that takes the task as an input, between them."
        ),
        text=(
            f"A plain network with {number(result.input_parameters)} parameters ends at"
            f" {small(metrics['input_trained_error'])} on trained frequencies and at"
            f" {small(metrics['input_between_error'])} between them."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(each, trace=name) for name, each in found.items()],
    )


def _rows(part: int, weights: Tensor) -> Tensor:
    """One group of (F, n) as the line of ``weight_paths``: weight by weight, a gap after each."""
    own = parted(weights)[part].T  # (M, F)
    return torch.cat([own, torch.full_like(own[:, :1], torch.nan)], 1).flatten()


def _weights(result: HypernetworkResult, metrics: Measurements) -> Figure:
    groups = {name: part.numpy() for name, part in zip(GROUPS, parted(result.weights))}
    main, own = metrics["main_network_parameters"], metrics["generator_parameters"]
    separate = metrics["separate_parameters"]
    return Figure(
        title="The generated weights, by frequency",
        caption=(
            "Every line is one weight of the main network; dots: the frequency shown above. Weights move smoothly where"
            " neighbouring tasks have neighbouring numbers."
        ),
        text=(
            f"The generator has {number(own)} parameters, {len(result.trained)} separate networks of {number(main)}"
            f" would have {number(separate)}. From {number(own // main + 1)} tasks on, the generator is smaller."
        ),
        plot=weight_paths(result.frequencies.numpy(), groups, x_title="frequency", frames=_frames(result), start=START),
        height=260,
        steps="frequency",
        start=START,
        sources=[Plotted(result.weights, partial(_rows, part), trace=name) for part, name in enumerate(GROUPS)],
    )
