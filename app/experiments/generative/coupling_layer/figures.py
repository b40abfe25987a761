"""Samples of the two flows, the Jacobian of one layer, and how far a round trip leads astray."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.coupling_layer.run import CHAINS, DEPTHS, CouplingResult
from app.number_format import number, small
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.matrix import heatmap
from visualizers.sample_clouds import sample_clouds
from visualizers.theme import ACCENT, INK_3, SERIES

DRAWN = 600
BOUND_NAMES = {"0.5": "bound 0.5", "1": "bound 1", "2": "bound 2", "none": "no bound"}


def figures(result: CouplingResult, metrics: Measurements) -> Figures:
    return {
        "samples": _samples(result, metrics), "jacobian": _jacobian(result, metrics), "trips": _trips(result, metrics),
    }  # fmt: skip


def _samples(result: CouplingResult, metrics: Measurements) -> Figure:
    titles = (result.controls.halves + (" halves" if result.controls.halves == "alternating" else ""), "always fixed")
    clouds = dict(zip(titles, result.samples[:, :DRAWN]))
    return Figure(
        title="Samples of two flows with equally many weights, over the data",
        caption=(
            f"Left: {{trace:{titles[0]}|the halves as chosen}}. Right: x₁ passes in every layer. At each x₁ the samples"
            " then form one hill, though the data has two arcs."
        ),
        text=(
            f"Held-out loss is {metrics['held_out_loss_nats']:.2f} nats per point at the left and"
            f" {metrics['fixed_halves_loss_nats']:.2f} at the right. Of the samples {metrics['off_data_percent']:.0f} %"
            f" lie off the data at the left, {metrics['fixed_off_data_percent']:.0f} % at the right."
        ),
        plot=sample_clouds(
            result.held_out[:DRAWN].numpy(), {name: cloud.numpy() for name, cloud in clouds.items()}, low=-3, high=3
        ),
        height=320,
        sources=[Plotted(cloud[:, 1], trace=name) for name, cloud in clouds.items()],
    )


def _jacobian(result: CouplingResult, metrics: Measurements) -> Figure:
    size = result.controls.size
    elimination = metrics["elimination_operations"]
    return Figure(
        title=f"Jacobian of one random layer, {size} dimensions",
        caption=(
            "Row: output, column: input. The upper rows pass. In the block below right only the diagonal may differ"
            " from 0."
        ),
        text=(
            f"The largest difference of Σ s from log |det J| by automatic differentiation is"
            f" {small(metrics['log_det_difference'])} nats. Adding up s takes"
            f" {metrics['sum_operations']:.0f} additions, a determinant by elimination {number(elimination)}"
            " multiplications and divisions."
        ),
        plot=heatmap(
            result.jacobian.numpy(), rows=[f"y{at + 1}" for at in range(size)],
            columns=[f"x{at + 1}" for at in range(size)], signed=True,
        ),
        height=330,
        half=True,
        sources=[Plotted(result.jacobian, trace="values")],
    )  # fmt: skip


def _trips(result: CouplingResult, metrics: Measurements) -> Figure:
    lines = {BOUND_NAMES[bound]: errors for bound, errors in sorted(result.trips.items())}
    picked = BOUND_NAMES[result.controls.bound]
    drawn = curves(
        DEPTHS, {name: line.clamp(1e-8, 1e8).numpy() for name, line in lines.items()}, x_title="random layers",
        x_log=True, y_log=True, markers=True, room=78,
        colours={name: ACCENT if name == picked else (INK_3, SERIES[1])[name == "no bound"] for name in lines},
    )  # fmt: skip
    drawn.update_xaxes(tickvals=list(DEPTHS), ticktext=[str(depth) for depth in DEPTHS])
    drawn.update_yaxes(exponentformat="power", dtick=2)
    return Figure(
        title="Error of a round trip, median distance",
        caption="Through random layers and back, in 32-bit numbers. With a bound on s the error grows more slowly.",
        text=(
            f"With {picked}, {result.controls.depth} layers and back leave the median point"
            f" {small(metrics['round_trip_error'])} from where it began: the geometric mean of {CHAINS} chains."
        ),
        plot=mark_x(drawn, result.controls.depth, ""),
        height=330,
        half=True,
        sources=[Plotted(line.clamp(1e-8, 1e8), trace=name) for name, line in lines.items()],
    )
