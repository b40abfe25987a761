"""The three figures of guidance: one digit at five scales, accuracy beside variety, and the line."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.guidance.drawn_digits import SHOWN_SCALES
from app.experiments.generative.guidance.line import GRID, SPACING
from app.experiments.generative.guidance.run import SCALES, GuidanceResult
from app.provenance.origin import Plotted, computed
from models.generative.tilted import tilted
from models.training.small_denoisers import TRAININGS
from visualizers.charts_beside import Chart, charts_beside
from visualizers.image import IMAGES, pictures, sheet
from visualizers.path_bundles import path_bundles
from visualizers.theme import INK_3, SERIES

ACCURACY, VARIETY, REAL = "accuracy", "variety", "real"
CLASS, TILTED, SAMPLED = "class", "tilted density", "samples"
EVERY = 8
"""Grid points per bar of the samples' histogram."""


def figures(result: GuidanceResult, metrics: Measurements) -> Figures:
    return {"samples": _samples(result), "scales": _scales(result, metrics), "line": third(result, metrics)}


def _samples(result: GuidanceResult) -> Figure:
    c, drawn = result.controls, result.walks[:, -1, :, 0]
    apart = torch.stack([torch.pdist(row.flatten(1)).mean() for row in drawn])

    def laid(images: Tensor) -> Tensor:
        return torch.from_numpy(sheet(images.numpy()))

    return Figure(
        title=f"A {c.digit} asked for, at five guidance scales",
        caption="Each column starts from the same noise. Rows: guidance. Read down: do the ten samples become alike?",
        text=(
            f"Two of the ten samples are {apart[1]:.1f} apart on average at guidance 1, {apart[3]:.1f} at 4 and"
            f" {apart[4]:.1f} at 8 (distance over 64 pixels from −1 to 1)."
        ),
        plot=pictures(drawn.numpy(), rows=[str(scale) for scale in SHOWN_SCALES], columns=[""] * drawn.shape[1]),
        height=330,
        sources=[Plotted(drawn, laid, trace=IMAGES, unit=None)],
    )


def _scales(result: GuidanceResult, metrics: Measurements) -> Figure:
    found = [result.drawn.get(scale) for scale in SCALES]
    nothing = torch.full((TRAININGS,), float("nan"))
    accuracy = torch.stack([one.accuracy if one else nothing for one in found])  # (S, N)
    variety = torch.stack([one.variety.mean(dim=1) if one else nothing for one in found])  # (S, N)
    charts, sources = [], []
    for name, values, colour in ((ACCURACY, accuracy, SERIES[1]), (VARIETY, variety, SERIES[2])):
        lines = {f"{name}, network {n + 1}": values[:, n] for n in range(TRAININGS)} | {name: values.mean(dim=1)}
        sources += [Plotted(line, trace=key) for key, line in lines.items()]
        charts.append(
            Chart(
                "taken for the digit asked for" if name == ACCURACY else "variety within a digit (real = 1)",
                np.array(SCALES),
                {key: line.numpy() for key, line in lines.items()},
                {key: INK_3 if "," in key else colour for key in lines},
                "guidance",
                (0, 1.28 if name == VARIETY else 1.05),
                dots=True,
            )
        )
    plot = charts_beside(charts)
    for trace in plot.data:
        trace.meta = {"gaps": len(result.drawn) < len(SCALES)}
        if "," in trace.name:
            trace.update(line={"width": 1, "dash": "solid"}, marker={"size": 3})
    if len(result.drawn) < len(SCALES):
        text = "Still being measured."
    else:
        text = (
            f"From guidance 1 to 4 the share taken for the digit asked for goes from"
            f" {100 * metrics['accuracy_at_1']:.0f} % to {100 * metrics['accuracy_at_4']:.0f} %, and variety from"
            f" {metrics['variety_at_1']:.2f} to"
            f" {metrics['variety_at_4']:.2f}."
        )
    return Figure(
        title="Accuracy against variety",
        caption=(
            "Left: {trace:accuracy|accuracy} by a separate judge. Right: {trace:variety|mean distance of two samples"
            " of one digit}, over that of real ones. {ink-3|Thin}: five trained networks."
        ),
        text=text,
        plot=plot,
        height=230,
        sources=sources,
    )


PATHS = {1: SERIES[0], 4: SERIES[1], 8: SERIES[2]}
"""Scales of which the paths are drawn."""


def _paths(result: GuidanceResult, metrics: Measurements) -> Figure:
    c = result.controls
    bundles = {f"guidance {scale}": result.paths[SHOWN_SCALES.index(scale)] for scale in PATHS}
    plot = path_bundles(
        (REAL, result.real.numpy()),
        {name: paths.numpy() for name, paths in bundles.items()},
        colours=dict(zip(bundles, PATHS.values(), strict=True)),
        x_title="first principal direction of digits", y_title="second",
    )  # fmt: skip
    ends = {f"ends of {name}": paths[:, -1] for name, paths in bundles.items()}
    when = (
        f"Between t = 1000 and {metrics['half_apart_at_t']:.0f} the samples at 1 and at 4 come half as far apart as"
        " they are at the end."
        if metrics["half_apart_at_t"]
        else "The samples at 1 and at 4 are the same."
    )
    return Figure(
        title=f"Ten samples on their way to a {c.digit}",
        caption=(
            "From each noise three paths start, at guidance {trace:guidance 1|1}, {trace:guidance 4|4} and"
            " {trace:guidance 8|8}; markers are their ends. {trace:real|Pale}: real ones. Do the ends draw together?"
        ),
        text=(
            f"The ends are {metrics['end_spread_at_1']:.2f} from their mean at guidance 1, and"
            f" {metrics['end_spread_at_4']:.2f} at 4. {when}"
        ),
        plot=plot,
        height=320,
        sources=[
            Plotted(points, trace=name, several=True, unit=None)
            for name, points in ({REAL: result.real} | ends).items()
        ],
    )


def third(result: GuidanceResult, metrics: Measurements) -> Figure:
    return _paths(result, metrics) if result.controls.third == "paths of the digits" else _line(result, metrics)


def _line(result: GuidanceResult, metrics: Measurements) -> Figure:
    c, line = result.controls, result.line
    density = computed(tilted, log_all=line.log_all, log_class=line.log_class, s=float(c.guidance), spacing=SPACING)
    of_class = line.log_class.exp()
    edges = GRID[::EVERY] - SPACING / 2
    counts = torch.histogram(line.points.flatten(), edges).hist / (len(line.points) * EVERY * SPACING)
    middle = (edges[:-1] + edges[1:]) / 2
    height = 1.1 * max(density.tensor.max().item(), counts.max().item(), of_class.max().item())
    plot = charts_beside(
        [
            Chart(
                "density", GRID.numpy(), {CLASS: of_class.numpy(), TILTED: density.tensor.numpy()},
                {CLASS: INK_3, TILTED: SERIES[1]}, "x", (0, height),
            )
        ]
    )  # fmt: skip
    plot.add_bar(
        x=middle.numpy(), y=counts.numpy(), name=SAMPLED, marker={"color": SERIES[0], "opacity": 0.45},
        hovertemplate="samples<br>x %{x:.2f}<br>%{y:.3f}<extra></extra>",
    )  # fmt: skip
    plot.update_layout(bargap=0.05)
    plot.update_xaxes(range=[-3.2, 4])
    return Figure(
        title="On a line where the answer is known",
        caption=(
            "{trace:samples|Samples} led by guidance from exact predictions. {trace:class|The class} alone, and"
            " {trace:tilted density|the tilted density} that guidance is said to sample from."
        ),
        text=(
            f"At guidance {c.guidance:g} the distribution functions of samples and tilted density differ by up to"
            f" {metrics['line_gap']:.2f}; the samples' mean lies {metrics['line_shift']:+.2f} from that of the density."
        ),
        plot=plot,
        height=240,
        sources=[
            Plotted(density, trace=TILTED),
            Plotted(of_class, trace=CLASS),
            Plotted(counts, trace=SAMPLED),
        ],
    )
