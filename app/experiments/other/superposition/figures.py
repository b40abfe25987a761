"""The curves whose sums make the function, the error by number of sums, and function and fit over the square."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.other.superposition.run import DEGREE, RANGES, SUMS, SuperpositionResult
from app.number_format import number, small
from app.provenance.origin import Plotted, computed
from models.approximation.kan import edge_curves
from visualizers.curve import curves, mark_x
from visualizers.curve_network import EdgeCurve, curve_network
from visualizers.side_maps import side_maps
from visualizers.theme import ACCENT


def figures(result: SuperpositionResult, metrics: Measurements) -> Figures:
    return {"network": _network(result, metrics), "sums": _sums(result, metrics), "maps": _maps(result, metrics)}


def _sums_said(count: int) -> str:
    return f"{count} sum{'s' * (count > 1)}"


def _network(result: SuperpositionResult, metrics: Measurements) -> Figure:
    own, sums = result.learned, result.controls.sums
    names = [["x", "y"], [f"s{number + 1}" for number in range(sums)], ["f"]]
    edges, sources = [], []
    for layer, (at, knots, base, c) in enumerate(zip(own.places, own.knots, own.base, own.c)):
        found = computed(edge_curves, x=at, knots=knots, degree=DEGREE, base=base, c=c)  # (C, O, I)
        ends = torch.stack([knots[0, :, DEGREE], knots[0, :, -DEGREE - 1]])  # (2, I)
        for target in range(found.tensor.shape[1]):
            for source in range(found.tensor.shape[2]):
                name = f"{names[layer][source]} to {names[layer + 1][target]}"
                edges.append(
                    EdgeCurve(
                        name, layer, source, target, at[None, :, source].numpy(),
                        found.tensor[None, :, target, source].numpy(), ends[None, :, source].numpy(),
                    )
                )  # fmt: skip
                view = lambda t, target=target, source=source: t[:, target, source]
                sources.append(Plotted(found, view, trace=name, unit=None))
    return Figure(
        title=f"{result.controls.formula} as {_sums_said(sums)} of functions of one number",
        caption=(
            "Left: {accent|functions} of x or of y alone, two per inner sum. Right: one outer function per sum."
            " All were found by training; nodes only add."
        ),
        text=(
            f"With {_sums_said(sums)} the error on held-out points is {small(metrics['error'])} standard deviations of"
            " the function."
        ),
        plot=curve_network(names, edges),
        height=260 + 50 * sums,
        sources=sources,
    )


def _sums(result: SuperpositionResult, metrics: Measurements) -> Figure:
    errors = torch.tensor(result.errors, dtype=torch.double)
    drawn = curves(
        np.array(SUMS), {"": errors.clamp_min(1e-9).numpy()}, x_title="sums", y_log=True, markers=True, room=12,
        colours={"": ACCENT},
    )  # fmt: skip
    drawn.data[0].name = "error"
    drawn.update_xaxes(tickvals=list(SUMS), range=[0.7, 5.3]).update_yaxes(exponentformat="power", dtick=1)
    return Figure(
        title="Error by number of sums",
        caption="{trace:error|Error} on held-out points, in standard deviations of the function. Five is 2n + 1.",
        text=(
            f"One sum leaves {small(metrics['error_of_1_sum'])}, two {small(metrics['error_of_2_sums'])}, five"
            f" {small(metrics['error_of_5_sums'])}."
            + (
                f" The inner curves of the one sum correlate with log x and log y: {logs:.3f} or more."
                if (logs := metrics["logarithms_in_one_sum"]) == logs
                else ""
            )
        ),
        plot=mark_x(drawn, result.controls.sums, "drawn above"),
        height=300,
        half=True,
        sources=[Plotted(errors, trace="error")],
    )


def _maps(result: SuperpositionResult, metrics: Measurements) -> Figure:
    low, high = RANGES[result.controls.numbers]
    limit = result.target.abs().max().item()
    maps = {"function": result.target, "network": result.learned.fit, "difference": result.learned.fit - result.target}
    return Figure(
        title="Function, network and their difference",
        caption=(
            f"Across: x, up: y, both from {number(low)} to {number(high)}. Blue is negative, orange positive; all three"
            " have one scale."
        ),
        text=f"The largest difference on the square is {small(metrics['largest_miss'])} standard deviations.",
        plot=side_maps({name: each.numpy() for name, each in maps.items()}, low, high, limit=limit),
        height=200,
        half=True,
        sources=[Plotted(each, trace=name) for name, each in maps.items()],
    )
