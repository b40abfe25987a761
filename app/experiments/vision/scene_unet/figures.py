"""Three figures of the twins at either task: pictures, the errors, and what training or the levels add."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.scene_unet.run import SceneUNetResult
from app.number_format import number
from app.provenance.origin import Plotted
from models.data.scenes import CLASSES
from models.training.scene_unet import SNAPSHOTS, TWINS
from visualizers.class_maps import class_maps
from visualizers.curve import curves, mark_x
from visualizers.horizontal_bars import horizontal_bars
from visualizers.image import IMAGES, pictures, sheet
from visualizers.outcomes import outcomes
from visualizers.theme import ACCENT, SERIES

COLOURS = {TWINS[0]: ACCENT, TWINS[1]: SERIES[1]}


def figures(result: SceneUNetResult, metrics: Measurements) -> Figures:
    if result.controls.task == "clean a digit":
        return {
            "pictures": _digits(result, metrics),
            "errors": _digit_errors(result, metrics),
            "detail": _zeroed(result),
        }
    return {
        "pictures": _scene(result, metrics),
        "errors": _errors(result, metrics),
        "detail": _training(result, metrics),
    }


def _scene(result: SceneUNetResult, metrics: Measurements) -> Figure:
    maps = {"truth": result.labels} | result.maps
    wrong = {twin: int((named != result.labels).sum()) for twin, named in result.maps.items()}
    return Figure(
        title="One held-out scene, pixel by pixel",
        caption="{c1|Discs} and {c3|squares} on the ground. Crosses are wrong pixels: they gather at the edges.",
        text=f"In this scene {wrong[TWINS[0]]} pixels are wrong with skips, {wrong[TWINS[1]]} without.",
        plot=class_maps(
            result.shown.numpy(),
            {title: one.numpy() for title, one in maps.items()},
            result.labels.numpy(),
            classes=CLASSES,
            name="scene",
        ),
        height=200,
        sources=[Plotted(one, trace=title) for title, one in maps.items()],
    )


def _errors(result: SceneUNetResult, metrics: Measurements) -> Figure:
    rows = {
        "on edges": [result.edge_errors[twin] for twin in TWINS],
        "everywhere else": [result.interior_errors[twin] for twin in TWINS],
    }
    return Figure(
        title="Wrong pixels, share",
        caption="The twin without skips has as many weights and saw the same scenes. It misses the edges.",
        text=(
            f"On edges {metrics['edge_error']:.1%} of the pixels are wrong with skips,"
            f" {metrics['edge_error_without_skips']:.1%} without; elsewhere {metrics['interior_error']:.1%} and"
            f" {metrics['interior_error_without_skips']:.1%}."
        ),
        plot=outcomes(rows, TWINS, colours=list(COLOURS.values()), room=92),
        height=220,
        half=True,
    )


def _training(result: SceneUNetResult, metrics: Measurements) -> Figure:
    lines = {twin: np.array(errors) for twin, errors in result.over_training.items()}
    top = 1.1 * max(0.1, *(float(line.max()) for line in lines.values()))
    drawn = curves(
        SNAPSHOTS, lines, x_title="training steps", x_log=True, y_range=(0, top), markers=True, colours=COLOURS,
        room=88,
    )  # fmt: skip
    drawn.update_xaxes(tickvals=SNAPSHOTS, ticktext=[number(step) for step in SNAPSHOTS])
    drawn.update_yaxes(tickformat=".0%")
    return Figure(
        title="Wrong edge pixels over training",
        caption="{trace:with skips|With skips} and {trace:without skips|without}, nothing replaced.",
        text="From step 50 to step 3 000 the share of wrong edge pixels goes "
        + " and ".join(f"from {line[0]:.0%} to {line[-1]:.0%} {twin}" for twin, line in lines.items())
        + ".",
        plot=mark_x(drawn, SNAPSHOTS[result.controls.trained], "shown"),
        height=220,
        half=True,
    )


def _digits(result: SceneUNetResult, metrics: Measurements) -> Figure:
    shown = result.digits.shown
    stacked = torch.stack(list(shown.values()))  # (4, K, 8, 8)

    def laid(images: Tensor) -> Tensor:
        return torch.from_numpy(sheet(images.numpy()))

    return Figure(
        title="Held-out digits: noisy, cleaned, true",
        caption="Compare the two cleaned rows with the last one. Both twins gave one number per pixel.",
        text=(
            f"Over held-out digits the noise has a mean square of {metrics['digit_noise']:.3f}. After cleaning,"
            f" {metrics['digit_error']:.4f} is left with skips and {metrics['digit_error_without_skips']:.4f} without."
        ),
        plot=pictures(
            stacked.numpy(), rows=list(shown), columns=[""] * stacked.shape[1], low=0.0, high=1.0,
        ),
        height=330,
        sources=[Plotted(stacked, laid, trace=IMAGES, unit=None)],
    )  # fmt: skip


def _digit_errors(result: SceneUNetResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Squared error per pixel after cleaning",
        caption="The twin without skips has as many weights and saw the same noisy digits.",
        text=f"The error with skips is {metrics['digit_error_over_twin']:.2f} times that without.",
        plot=outcomes(
            {"held-out digits": [result.digits.errors[twin] for twin in TWINS]}, TWINS, colours=list(COLOURS.values()),
            room=92,
        ),
        height=220,
        half=True,
    )  # fmt: skip


def _zeroed(result: SceneUNetResult) -> Figure:
    rows = result.digits.zeroed
    worst = max(rows, key=rows.__getitem__)
    return Figure(
        title="Squared error with zeros in place of a level",
        caption="Each bar: the network with skips, one level of it filled with zeros. The first bar is intact.",
        text=(
            f"Intact, the error is {rows['nothing']:.4f}. It is largest, {rows[worst]:.4f}, with zeros in place of the"
            f" {worst}."
        ),
        plot=horizontal_bars(np.array(list(rows.values())), labels=list(rows), as_="{:.3f}"),
        height=220,
        half=True,
    )
