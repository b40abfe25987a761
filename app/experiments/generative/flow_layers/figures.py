"""A grid and samples on their way from the base through the layers, the mass along one axis, and the loss."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.flow_course import truth_of
from app.experiments.generative.flow_layers.run import REACH, FlowLayerResult
from app.number_format import number, small
from app.provenance.origin import Plotted
from models.generative.mixtures import log_density
from visualizers.curve import curves
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_3, SERIES
from visualizers.warped_grid import through_layers

DRAWN, DRAWN_STRAYS, GROUND = 250, 30, 41
MOST_FRAMES = 9
EDGE = (-3.4, 3.4)
LOWEST = 1e-5


def figures(result: FlowLayerResult, metrics: Measurements) -> Figures:
    return {
        "layers": _layers(result, metrics), "mass": _mass(result, metrics), "loss": _loss(result, metrics),
    }  # fmt: skip


def ground_cells() -> Tensor:
    """Places of the true density in the plane that is shown, rows of one height.  (GROUND², 2)"""
    side = torch.linspace(*EDGE, GROUND)
    return torch.cartesian_prod(side, side).flip(-1)


def _layers(result: FlowLayerResult, metrics: Measurements) -> Figure:
    c = result.controls
    count = len(result.states)
    kept = np.unique(np.linspace(0, count - 1, min(count, MOST_FRAMES)).round().astype(int))
    groups: dict[str, Tensor] = {
        "samples": result.states[kept][:, ~result.stray][:, :DRAWN],
        "strays": result.states[kept][:, result.stray][:, :DRAWN_STRAYS],
    }
    stray, many = int(result.stray.sum()), len(result.stray)
    return Figure(
        title="From the base to samples, layer by layer",
        caption=(
            "Step back to layer 0: {trace:samples|samples} and {trace:grid|grid} begin in the base."
            " {trace:strays|Strays} end far from every mode; blue: the true density. A click puts an island there."
        ),
        text=(
            f"Of {number(many)} samples {number(stray)} are strays, {metrics['stray_percent']:.2f} %; under the true"
            f" density it would be {metrics['stray_of_the_truth_percent']:.3f} %. The largest difference of log |det"
            f" J| from automatic differentiation is {small(metrics['log_det_difference'])}, the largest error of a"
            f" round trip {small(metrics['round_trip_error'])}."
        ),
        plot=through_layers(
            result.lines[kept].numpy(), {name: points.numpy() for name, points in groups.items()},
            ranges=(EDGE, EDGE), frames=[str(layer) for layer in kept],
            ground=log_density(truth_of(c.data, c.own), ground_cells()).exp().view(GROUND, GROUND).numpy(), sets="own",
        ),
        height=400,
        half=True,
        steps="layer",
        start=len(kept) - 1,
        sources=[Plotted(groups["samples"][..., 1], trace="samples", framed=True)],
    )  # fmt: skip


def _mass(result: FlowLayerResult, metrics: Measurements) -> Figure:
    edge = 2 * REACH / len(result.plane)
    along = -REACH + edge * (torch.arange(len(result.plane)) + 0.5)
    shown = along.abs() < EDGE[1]
    lines = {
        name: (log_p.exp().sum(1) * edge)[shown]
        for name, log_p in (("truth", result.plane_truth), ("flow", result.plane))
    }
    drawn = curves(
        along[shown].numpy(), {name: line.clamp_min(LOWEST / 10).numpy() for name, line in lines.items()}, x_title="x₁",
        y_log=True, colours={"truth": INK_3, "flow": ACCENT}, room=12,
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_yaxes(range=[np.log10(LOWEST), 0.7], dtick=1, exponentformat="power")
    return Figure(
        title="Density along x₁, logarithmic",
        caption="{trace:flow|The flow} and {trace:truth|the truth}. What the flow has more between modes is a bridge.",
        text=(
            f"Over the plane the flow’s density integrates to {metrics['integral']:.4g}."
            + (
                f" The flow’s held-out loss is {metrics['excess_nats']:.3f} nats per point above the truth’s."
                if result.controls.determinant == "counted"
                else " Without the determinant it is no density."
            )
        ),
        plot=drawn,
        height=400,
        half=True,
        sources=[Plotted(line.clamp_min(LOWEST / 10), trace=name) for name, line in lines.items()],
    )


def _loss(result: FlowLayerResult, metrics: Measurements) -> Figure:
    progress = result.progress
    drawn = curves(
        np.arange(1, len(result.losses) + 1), {"training": result.losses.numpy()}, x_title="training step", room=12,
        colours={"training": SERIES[0]},
    )  # fmt: skip
    drawn.layout.annotations = ()
    held_out = torch.tensor(progress.snapshots)
    drawn.add_scatter(
        x=progress.taken, y=held_out.numpy(), name="held out", mode="lines+markers",
        line={"color": SERIES[1], "width": 2, "dash": "dash"}, marker={"size": 6},
        hovertemplate="step %{x}<br>%{y:.3f} nats per point<extra></extra>",
    )  # fmt: skip
    entropy = metrics["true_entropy_nats"]
    top = max(float(held_out.max()), entropy + 1) + 0.2
    drawn.add_shape(reference_line(y=entropy))
    drawn.update_xaxes(range=[0, progress.steps])
    drawn.update_yaxes(range=[entropy - 0.35, top])
    return Figure(
        title="Loss, nats per point",
        caption="{trace:training|Training batches} and {trace:held out|held-out points}; dotted: the truth’s own loss.",
        text=f"After step {progress.step} the held-out loss is {held_out[-1]:.3f}, that of the truth {entropy:.3f}.",
        plot=drawn,
        height=230,
        sources=[Plotted(result.losses, trace="training"), Plotted(held_out, trace="held out")],
    )
