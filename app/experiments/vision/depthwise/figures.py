"""The two stages on one digit, and how well a trained standard layer can be cut into them."""

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.depthwise.run import RANKS, DepthwiseResult
from app.experiments.vision.sheets import sheet
from app.provenance.origin import Plotted, computed
from models.convolution.depthwise_separable import depthwise, pointwise
from visualizers.curve import curves
from visualizers.grids import Grid, grids
from visualizers.theme import ACCENT, INK_3, SERIES

COLUMNS = 8


def figures(result: DepthwiseResult, metrics: Measurements) -> Figures:
    return {"stages": _stages(result, metrics), "cut": _cut(result, metrics), "energy": _energy(result, metrics)}


def _stages(result: DepthwiseResult, metrics: Measurements) -> Figure:
    filtered = computed(depthwise, x=result.maps, v=result.kernels)
    mixed = computed(pointwise, z=filtered, u=result.mixture)

    def maps(name: str, tensor: Tensor, top: float, signed: bool) -> Grid:
        return Grid(sheet(tensor[0], COLUMNS).numpy(), (0, top), name, 1, signed)

    panels = {
        "input": maps("16 maps", result.maps, 0, False),
        "depthwise": maps("each with a 3×3 kernel of its own", filtered.tensor, 17, True),
        "pointwise": maps("24 mixtures of them, pixel by pixel", mixed.tensor, 34, True),
    }
    return Figure(
        title="The two stages of the layer on one digit",
        caption="First each map is filtered alone. Then each output mixes all filtered maps, one pixel at a time.",
        text=(
            f"The strongest response of the 24 mixtures to this digit has size {mixed.tensor.abs().max().item():.2f}."
            f" The layer has {metrics['weights']:.0f} weights; a standard one has {metrics['standard_weights']:.0f}."
        ),
        plot=grids(panels),
        height=520,
        sources=[
            Plotted(mixed, lambda y: sheet(y[0], COLUMNS), "pointwise"),
            Plotted(filtered, lambda y: sheet(y[0], COLUMNS), "depthwise"),
            Plotted(result.maps, lambda y: sheet(y[0], COLUMNS), "input"),
        ],
    )


def _cut(result: DepthwiseResult, metrics: Measurements) -> Figure:
    ranks, newest = np.arange(1, RANKS + 1), result.progress.newest
    lines = {
        "standard": np.full(RANKS, newest.standard),
        "cut": np.array(result.cut or [np.nan] * RANKS),
        "from the start": np.where(ranks == result.controls.rank, newest.separable, np.nan),
    }
    drawn = curves(
        ranks, lines, x_title="kernels per channel", y_range=(0, 1.08), markers=True,
        colours={"standard": INK_3, "cut": SERIES[1], "from the start": ACCENT}, room=64,
    ).update_yaxes(tickformat=".0%")  # fmt: skip
    drawn.layout.annotations[0].update(yshift=8)
    drawn.layout.annotations[1].update(yshift=-10)
    drawn.layout.annotations = drawn.layout.annotations[:2]  # the third is a single point, named in the caption
    return Figure(
        title="Accuracy on held-out digits",
        caption=(
            "{trace:cut|The trained standard layer, cut} to so many kernels per channel, and a layer that is"
            " {trace:from the start|separable from the start}."
        ),
        text=(
            f"The network with a separable layer ({result.controls.layer}) is right on {metrics['accuracy']:.0%} of"
            f" held-out digits, the one with a standard layer on {metrics['standard_accuracy']:.0%}."
        ),
        plot=drawn,
        height=260,
        half=True,
    )


def _energy(result: DepthwiseResult, metrics: Measurements) -> Figure:
    ranks = np.arange(1, RANKS + 1)
    drawn = curves(
        ranks, {"share": np.array(result.energy)}, x_title="kernels per channel", y_range=(0, 1.08), markers=True,
        room=48,
    ).update_yaxes(tickformat=".0%")  # fmt: skip
    return Figure(
        title="Squared weights of the trained standard layer that a cut keeps",
        caption="At 1 the layer is a depthwise separable one. With nine kernels per channel nothing is lost.",
        text=f"With {result.controls.rank} per channel, a cut keeps {metrics['energy_share']:.0%} of squared weights.",
        plot=drawn,
        height=260,
        half=True,
    )
