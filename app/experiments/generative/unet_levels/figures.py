"""Three figures of a denoising U-Net: the cost of each exchange, one digit, and the cost of a wrong time."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.unet_levels.conditions import PLACES, Conditions
from app.experiments.generative.unet_levels.exchanged import PARTS, TIMES
from app.experiments.generative.unet_levels.run import SHOWN_TIMES, LevelResult
from app.experiments.generative.unet_levels.told import TOLD
from app.provenance.origin import Plotted
from visualizers.charts_beside import Chart, charts_beside
from visualizers.curve import apart, curves
from visualizers.image import IMAGES, pictures, sheet
from visualizers.marks import left_empty
from visualizers.theme import SERIES

COLOURS: dict[str, str] = dict(zip(PARTS, (SERIES[0], SERIES[2], SERIES[1]), strict=True))
ADDED = "error added"


def figures(result: LevelResult, metrics: Measurements) -> Figures:
    return {
        "exchanges": _exchanges(result, metrics),
        "guesses": _guesses(result),
        "told": _told(result, metrics) if result.conditions is None else _ways(result.conditions, metrics),
    }


def _exchanges(result: LevelResult, metrics: Measurements) -> Figure:
    drawn = {part: rise for part, rise in result.rises.items() if not rise.isnan().any()}
    top = max(float(rise.max()) for rise in drawn.values())
    plot = curves(
        TIMES,
        {part: rise.numpy() for part, rise in drawn.items()},
        x_title="noise level t (of 1000)",
        y_range=(-0.06 * top, 1.08 * top),
        markers=True,
        colours=COLOURS,
        room=84,
    )
    return Figure(
        title="Squared error added by exchanging one part",
        caption=(
            f"One part of the U-Net is taken from {_whose(result)}. Sampling goes from right to left:"
            " {trace:middle|the middle}, the coarsest level, matters from the start; {trace:top skip|the top skip},"
            " the link between the finest levels, at the end."
        ),
        text=(
            f"At t = 150 the exchange adds {metrics['top_rise_at_low_noise']:.2f} per pixel for the top skip and"
            f" {metrics['middle_rise_at_low_noise']:.2f} for the middle; at t = 850 it adds"
            f" {metrics['top_rise_at_high_noise']:.2f} and {metrics['middle_rise_at_high_noise']:.2f}."
        ),
        plot=apart(plot, 228),
        height=280,
        sources=[Plotted(rise, trace=part) for part, rise in drawn.items()],
    )


def _whose(result: LevelResult) -> str:
    return {
        "another digit’s": "another digit, just as noisy",
        "another one’s of the same digit": "another image of the same digit, just as noisy",
        "the same image’s, other noise": "the same image under other noise",
    }[result.controls.source]


def _guesses(result: LevelResult) -> Figure:
    columns = ["noisy", "intact", *PARTS]
    kept = [column for column in range(len(columns)) if not result.pictures[:, column].isnan().any()]
    shown = result.pictures[:, kept]

    def laid(images: Tensor) -> Tensor:
        return torch.from_numpy(sheet(images.numpy()))

    moved = (result.pictures[-1] - result.pictures[-1, 1]).square().mean(dim=(1, 2))
    return Figure(
        title="The clean digit that the U-Net predicts",
        caption="Left: the noisy input. Then the prediction, intact and with one part exchanged.",
        text=(
            f"At t = {SHOWN_TIMES[-1]} the prediction moves by {moved[2]:.2f} per pixel (mean square) with another top"
            f" skip, by {moved[4]:.2f} with another middle."
        ),
        plot=pictures(
            shown.numpy(), rows=[f"t = {t}" for t in SHOWN_TIMES], columns=[columns[column] for column in kept]
        ),
        height=200,
        sources=[Plotted(shown, laid, trace=IMAGES, unit=None)],
    )


def _told(result: LevelResult, metrics: Measurements) -> Figure:
    c, row = result.controls, TOLD.index(result.controls.told_of)
    by_class = {f"{part}, class": change for part, change in result.classes.changes.items()}
    colours = COLOURS | {f"{part}, class": colour for part, colour in COLOURS.items()}
    plot = charts_beside(
        [
            Chart(
                "error added", np.array(TOLD), {ADDED: result.told[row].numpy()}, {ADDED: SERIES[3]},
                "t told", mark=(float(c.told_of), "true t"), dots=True,
            ),
            Chart(
                "change, other t", np.array(TOLD), {part: line.numpy() for part, line in result.changes.items()},
                colours, "t told", mark=(float(c.told_of), ""), dots=True,
            ),
            Chart(
                "change, other class", np.array(TIMES), {part: line.numpy() for part, line in by_class.items()},
                colours, "true t", (0, 1.1 * max(1.0, *(float(line.max()) for line in by_class.values()))), dots=True,
            ),
        ]
    )  # fmt: skip
    plot.update_xaxes(tickvals=[0, 500, 1000], tickangle=0, range=[-40, 1040])
    for trace in plot.data:
        left_empty(trace)
    parts = [f"{{trace:{part}|{part}}}" for part in PARTS if part in result.changes]
    return Figure(
        title=f"Told a wrong time at t = {c.told_of}, or another class",
        caption=(
            f"Left: {{trace:error added|error added}} per pixel by the wrong time. Then how much"
            f" {', '.join(parts[:-1])} and {parts[-1]} change, relative to their size: for the wrong time, and at each"
            " t for another class."
        ),
        text=(
            f"At t = {c.told_of}, telling the network {TOLD[0]} adds an error of {metrics['told_low_rise']:.2f} per"
            f" pixel, telling it {TOLD[-1]} adds {metrics['told_high_rise']:.2f}. Told another class, the middle"
            f" changes by {metrics['class_change_of_middle_low']:.2f} of its size at t = 150 and by"
            f" {metrics['class_change_of_middle']:.2f} at t = 850; there the top skip changes by"
            f" {metrics['class_change_of_top']:.2f}."
        ),
        plot=plot,
        height=250,
        sources=[
            Plotted(result.told[row], trace=ADDED),
            *(Plotted(line, trace=part) for part, line in (result.changes | by_class).items()),
        ],
    )


def _ways(found: Conditions, metrics: Measurements) -> Figure:
    x, parts = np.array(TIMES), ("top skip", "middle")
    norms, attention = (
        {f"{part}, {way}": found.changes[key][:, at] for at, part in enumerate(parts)}
        for way, key in (("norms", "norm"), ("attention", "attention"))
    )
    weights = {f"weight, {place}": found.weights[:, at] for at, place in enumerate(PLACES)}
    places = dict(zip(weights, (COLOURS["top skip"], COLOURS["middle"], SERIES[3]), strict=True))
    top = 1.1 * max(float(line.max()) for line in (norms | attention).values())

    def chart(title: str, lines: dict[str, Tensor], colours: dict[str, str], high: float) -> Chart:
        drawn = {name: line.numpy() for name, line in lines.items()}
        return Chart(title, x, drawn, colours, "t", (0, high), dots=True)

    plot = charts_beside(
        [
            chart("by norms", norms, dict(zip(norms, places.values(), strict=False)), top),
            chart("by attention", attention, dict(zip(attention, places.values(), strict=False)), top),
            chart("weight on class", weights, places, 1.05),
        ]
    )
    plot.update_xaxes(tickvals=[0, 500, 1000], tickangle=0, range=[-40, 1040])
    return Figure(
        title="Told the class by norms, or by cross-attention",
        caption=(
            "Smaller U-Nets told class and ink, three trainings each. Change of {trace:top skip, norms|top skip}"
            " and {trace:middle, norms|middle} for another class, over their size. Right: weight on the class, also"
            " {trace:weight, way up|on the way up}; the rest is on the ink."
        ),
        text=(
            f"At t = 850 another class changes the top skip by {metrics['top_change_by_norms']:.2f} of its size with"
            f" norms and by {metrics['top_change_by_attention']:.2f} with cross-attention. Pixels of the top skip put"
            f" {metrics['class_weight_of_top_low']:.2f} of their weight on the class at t = 150 and"
            f" {metrics['class_weight_of_top']:.2f} at t = 850. The errors of the two kinds are"
            f" {metrics['error_by_norms']:.3f} and {metrics['error_by_attention']:.3f} per pixel."
        ),
        plot=plot,
        height=250,
        sources=[Plotted(line, trace=name) for name, line in (norms | attention | weights).items()],
    )
