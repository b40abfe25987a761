"""The network with a curve on every edge, the errors during training, and one edge taken apart."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import silu

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.other.kan.run import STEPS, KANResult, Snapshot, curves_of, grids_of, parts_of
from app.experiments.other.kan_training import CURVE
from app.number_format import number, small
from app.provenance.origin import Plotted, computed
from models.approximation.b_spline import bumps, spline
from models.approximation.kan import edge_curves
from models.data.formulas_of_two import Parts, inner_sum
from visualizers.curve import curves
from visualizers.curve_network import EdgeCurve, curve_network
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, INK_3, SERIES, note


def figures(result: KANResult, metrics: Measurements) -> Figures:
    return {
        "network": _network(result, metrics),
        "error": _error(result, metrics),
        "edge": _edge(result),
    }


def _names(result: KANResult) -> list[list[str]]:
    hidden = result.controls.hidden
    return [["x", "y"], [f"h{number + 1}" for number in range(hidden)] if hidden > 1 else ["+"], ["f"]]


def _ends(result: KANResult, snapshot: Snapshot, layer: int) -> Tensor:
    """Ends of the grid of each input of a layer.  (2, I)"""
    knots, degree = snapshot.layers[layer].knots[result.best, 0], result.controls.degree
    return torch.stack([knots[:, degree], knots[:, -degree - 1]])


def _fitted(expected: Tensor, curve: Tensor) -> Tensor:
    """α + β times the expected values, as close as possible to the curve.  (C,)"""
    columns = torch.stack([torch.ones_like(expected), expected], -1)
    return columns @ torch.linalg.lstsq(columns, curve[:, None]).solution[:, 0]


def _expected(result: KANResult, parts: Parts, layer: int, source: int, curve: Tensor, at: Tensor) -> Tensor:
    """What the curve would be if it were the formula's function, apart from scale and offset.  (C,)"""
    if layer == 0:
        return _fitted((parts.first, parts.second)[source](at), curve)
    snapshot, best = result.progress.newest, result.best
    knots, base, c = (one[best] for one in snapshot.layers[0])
    h = edge_curves(result.points.x, knots, result.controls.degree, base, c).sum(-1)[:, 0]  # (P,)
    s = inner_sum(result.points.x, parts)  # (P,)
    columns = torch.stack([torch.ones_like(h), h], -1)
    offset, slope = torch.linalg.lstsq(columns, s[:, None]).solution[:, 0]
    low, high = s.min().item(), s.max().item()
    return _fitted(parts.outer((offset + slope * at).clamp(low, high)), curve)


def _network(result: KANResult, metrics: Measurements) -> Figure:
    names, parts, hidden = _names(result), parts_of(result), result.controls.hidden
    known = parts if hidden == 1 else None
    shown, edges, sources = result.progress.shown, [], []
    for layer in (0, 1):
        found = [curves_of(result, one, layer) for one in shown]
        y, x = torch.stack([one for one, _ in found]), torch.stack([at for _, at in found])  # (S, C, O, I), (S, C, I)
        ends = torch.stack([_ends(result, one, layer) for one in shown])  # (S, 2, I)
        for target in range(y.shape[2]):
            for source in range(y.shape[3]):
                name = f"{names[layer][source]} to {names[layer + 1][target]}"
                expected = None
                if known:
                    expected = _expected(result, known, layer, source, y[-1, :, target, source], x[-1, :, source])
                edges.append(
                    EdgeCurve(
                        name, layer, source, target, x[..., source].numpy(), y[..., target, source].numpy(),
                        ends[..., source].numpy(), None if expected is None else expected.numpy(),
                        known.names[2 if layer else source] if known else "",
                    )
                )  # fmt: skip
                view = lambda t, target=target, source=source: t[..., target, source]
                sources.append(Plotted(y, view, trace=name, framed=True, unit=None))
    taken = list(map(str, result.progress.shown_steps))
    if known:
        caption = (
            "Every edge carries {accent|a curve}, every node adds. Pale: {trace:expected|the formula’s own functions},"
            " moved and stretched to fit. Step through the training."
        )
        text = (
            f"The curves of x and y agree with {known.names[0]} and {known.names[1]}: correlation"
            f" {metrics['agreement_of_x']:.3f} and {metrics['agreement_of_y']:.3f}."
        )
    else:
        caption = "Every edge carries {accent|a curve}, every node adds. Dotted lines: ends of a grid."
        text = f"With {hidden} hidden node{'s' * (hidden > 1)} the error is {small(metrics['error'])}."
        if parts:
            text += f" The curve least like its function in the formula correlates {metrics['lowest_agreement']:.2f}."
    return Figure(
        title=f"A network that learned {result.controls.formula}",
        caption=caption,
        text=text,
        plot=curve_network(names, edges, frames=taken, start=len(taken) - 1),
        height=300 if hidden == 1 else 420,
        steps="step",
        start=len(taken) - 1,
        sources=sources,
    )


def _error(result: KANResult, metrics: Measurements) -> Figure:
    grids = grids_of(result.controls.grid)
    steps = np.arange(1, len(result.errors) + 1)
    one, two = ("-".join(map(str, each)) for each in result.perceptron_widths)
    lines = {
        "KAN": result.errors,
        "KAN, training": result.training_errors,
        "1 hidden layer": result.perceptron_errors[0],
        "2 hidden layers": result.perceptron_errors[1],
    }
    drawn = curves(
        steps, {name: line.clamp_min(1e-9).numpy() for name, line in lines.items()}, x_title="step", y_log=True,
        room=12,
        colours={"KAN": ACCENT, "KAN, training": INK_3, "1 hidden layer": SERIES[1], "2 hidden layers": SERIES[2]},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(range=[0.5, STEPS * len(grids) + 0.5]).update_yaxes(exponentformat="power")
    for place, grid in enumerate(grids):
        drawn.add_shape(reference_line(x=place * STEPS + 0.5))
        drawn.add_annotation(
            **note(place * STEPS + 1, 1, f"grid {grid}", yref="paper", xanchor="left", yanchor="bottom")
        )
    drawn.update_layout(margin={"t": 22})
    return Figure(
        title="Error, in standard deviations of the formula",
        caption=(
            "Held-out points: {trace:KAN|KAN}, perceptrons with {trace:1 hidden layer|one} and {trace:2 hidden"
            " layers|two hidden layers} of about as many parameters. Grey: the KAN’s training points."
        ),
        text=(
            f"The KAN ends at {small(metrics['error'])} with {result.parameters} parameters; perceptrons {one} and"
            f" {two}, with {' and '.join(map(number, result.perceptron_parameters))}, end at"
            f" {small(metrics['one_hidden_layer_error'])} and {small(metrics['two_hidden_layers_error'])}."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _edge(result: KANResult) -> Figure:
    degree, best = result.controls.degree, result.best
    knots, base, c = (one[best] for one in result.progress.newest.layers[0])
    x = torch.linspace(-1, 1, CURVE, dtype=torch.double)[:, None].expand(-1, 2)  # (C, 2)
    each = computed(bumps, x=x, knots=knots, degree=degree)
    made = computed(spline, bumps=each, c=c)
    total = computed(edge_curves, x=x, knots=knots, degree=degree, base=base, c=c)
    weighted = (each.tensor[:, 0] * c[0, 0, 0]).numpy()  # (C, B)
    lines = {
        "edge": total.tensor[:, 0, 0].numpy(),
        "base": (base[0, 0, 0] * silu(x[:, 0])).numpy(),
        "spline": made.tensor[:, 0, 0].numpy(),
    }
    drawn = curves(
        x[:, 0].numpy(), lines, x_title="x", room=12,
        colours={"base": SERIES[1], "spline": SERIES[2], "edge": ACCENT},
    )  # fmt: skip
    drawn.layout.annotations = ()
    apart = np.full((weighted.shape[1], CURVE + 1), np.nan)
    apart[:, :CURVE] = np.where(np.abs(weighted.T) > 1e-9, weighted.T, np.nan)
    drawn.add_scatter(
        x=np.tile(np.append(x[:, 0].numpy(), np.nan), len(apart)).astype(np.float32),
        y=apart.ravel().astype(np.float32), name="bumps", mode="lines", line={"color": SERIES[2], "width": 1},
        opacity=0.6, hoverinfo="skip", meta={"gaps": True},
    )  # fmt: skip
    for end in (-result.controls.reach, result.controls.reach):
        if abs(end) < 1:
            drawn.add_shape(reference_line(x=end))
            drawn.add_annotation(**note(end, 1, "grid ends", yref="paper", xanchor="left", yanchor="top", xshift=4))
    count = weighted.shape[1]
    return Figure(
        title="One edge taken apart: from x to the first hidden node",
        caption=(
            "{trace:edge|The edge} is {trace:base|a multiple of silu} plus {trace:spline|a spline}, the sum of the"
            " thin weighted bumps."
        ),
        text=(
            f"The spline is a sum of {count} bumps; at x = 0 it is {lines['spline'][CURVE // 2]:.2f} and the base"
            f" function 0. Inputs beyond ±{number(result.controls.reach)} lie outside the grid."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[
            Plotted(made, lambda t: t[:, 0, 0], trace="spline"),
            Plotted(total, lambda t: t[:, 0, 0], trace="edge"),
        ],
    )
