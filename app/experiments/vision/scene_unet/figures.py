"""Three figures of the twins: one scene, the errors by place, and the errors over training."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.scene_unet.run import SceneUNetResult
from app.provenance.origin import Plotted
from models.data.scenes import CLASSES
from models.training.scene_unet import SNAPSHOTS, TWINS
from visualizers.class_maps import class_maps
from visualizers.curve import curves, mark_x
from visualizers.outcomes import outcomes
from visualizers.theme import ACCENT, SERIES

COLOURS = {TWINS[0]: ACCENT, TWINS[1]: SERIES[1]}


def figures(result: SceneUNetResult, metrics: Measurements) -> Figures:
    return {
        "scene": _scene(result, metrics),
        "errors": _errors(result, metrics),
        "training": _training(result, metrics),
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
    drawn.update_xaxes(tickvals=SNAPSHOTS, ticktext=[f"{step:,}" for step in SNAPSHOTS])
    drawn.update_yaxes(tickformat=".0%")
    return Figure(
        title="Wrong edge pixels over training",
        caption="{trace:with skips|With skips} and {trace:without skips|without}, nothing replaced.",
        text="From step 50 to step 3,000 the share of wrong edge pixels goes "
        + " and ".join(f"from {line[0]:.0%} to {line[-1]:.0%} {twin}" for twin, line in lines.items())
        + ".",
        plot=mark_x(drawn, SNAPSHOTS[result.controls.trained], "shown"),
        height=220,
        half=True,
    )
