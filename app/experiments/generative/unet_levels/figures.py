"""Three figures of a denoising U-Net: the cost of each exchange, one digit, and the cost of a wrong time."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.unet_levels.run import PARTS, SHOWN_TIMES, TIMES, TOLD, LevelResult
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
        "times": _times(result, metrics),
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
            f"One part of the U-Net is taken from {_whose(result)}. Right to left is the way of sampling:"
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
    rows = ["noisy", "intact", *(f"other {part}" for part in PARTS)]
    kept = [row for row in range(len(rows)) if not result.pictures[row].isnan().any()]
    shown = result.pictures[kept].flip(1)

    def laid(images: Tensor) -> Tensor:
        return torch.from_numpy(sheet(images.numpy()))

    apart = (result.pictures[:, 0] - result.pictures[1, 0]).square().mean(dim=(1, 2))
    return Figure(
        title="The clean digit that it predicts",
        caption="First row: what it is given. Then its prediction, intact and with one part exchanged.",
        text=(
            f"At t = {SHOWN_TIMES[0]} the prediction moves by {apart[2]:.2f} per pixel (mean square) with another top"
            f" skip, by {apart[4]:.2f} with another middle."
        ),
        plot=pictures(
            shown.numpy(), rows=[rows[row] for row in kept], columns=[f"t = {t}" for t in reversed(SHOWN_TIMES)]
        ),
        height=330,
        half=True,
        sources=[Plotted(shown, laid, trace=IMAGES, unit=None)],
    )


def _times(result: LevelResult, metrics: Measurements) -> Figure:
    c, row = result.controls, TOLD.index(result.controls.told_of)
    x = np.array(TOLD)
    lines = result.changes
    plot = charts_beside(
        [
            Chart(
                "error added, per pixel", x, {ADDED: result.told[row].numpy()}, {ADDED: SERIES[3]}, "t told",
                mark=(float(c.told_of), "true t"), dots=True,
            ),
            Chart(
                "change of each part", x, {part: change.numpy() for part, change in lines.items()}, COLOURS, "t told",
                mark=(float(c.told_of), ""), dots=True,
            ),
        ]
    )  # fmt: skip
    plot.update_xaxes(tickvals=[0, 500, 1000], tickangle=0, range=[-40, 1040])
    for trace in plot.data:
        left_empty(trace)
    return Figure(
        title=f"Told a wrong time, at t = {c.told_of}",
        caption=(
            "Left: {trace:error added|error added}. Right: change of {trace:top skip|top skip} and"
            " {trace:middle|middle}, relative to their size when told the truth."
        ),
        text=(
            f"At t = {c.told_of}, telling the network {TOLD[0]} adds an error of {metrics['told_low_rise']:.2f} per"
            f" pixel, telling it {TOLD[-1]} adds {metrics['told_high_rise']:.2f}."
        ),
        plot=plot,
        height=330,
        half=True,
        sources=[
            Plotted(result.told[row], trace=ADDED),
            *(Plotted(change, trace=part) for part, change in lines.items()),
        ],
    )
