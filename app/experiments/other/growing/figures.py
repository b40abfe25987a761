"""Three figures of a growing automaton: what three rules do, the living cells to erase by hand, and the errors."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.other.growing.run import AFTER, GROWN, GrowingResult, chance_of
from app.provenance.origin import Plotted
from models.data.drawn_target import SIZE, lizard
from visualizers.curve import apart, curves, mark_x
from visualizers.image import IMAGES, pictures, sheet
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, INK_2, INK_3

WAYS = {"seed": "seed only", "pool": "own states", "damage": "damage too"}
"""What each rule was trained on."""
STEPS = (5, 12, 20, GROWN)
LATER = (5, 20, AFTER)


def figures(result: GrowingResult, metrics: Measurements) -> Figures:
    return {"rules": _rules(result, metrics), "cells": _cells(result, metrics), "errors": _errors(result, metrics)}


def _rules(result: GrowingResult, metrics: Measurements) -> Figure:
    seen = torch.stack([
        torch.cat([course.states[list(STEPS)], course.hit[None], course.after[[at - 1 for at in LATER]]])[..., 0]
        for course in result.courses.values()
    ])  # fmt: skip
    columns = [*map(str, STEPS), "cut", *(f"+{at}" for at in LATER)]
    return Figure(
        title="One cell grows into a lizard, part of it is erased, and the same rule goes on",
        caption=(
            "Each row is one rule, named after what it was trained on. Above stand the steps; + counts from the cut,"
            " where a disc is erased. Compare the last column with step 40."
        ),
        text=(
            f"{AFTER} steps after the erasure the rule trained on damage has an error of"
            f" {_told(metrics['error_60_steps_after_damage'])}, the one trained on its own states"
            f" {_told(metrics['error_60_steps_after_pool'])}."
        ),
        plot=pictures(seen.numpy(), rows=list(WAYS.values()), columns=columns, low=0.0, high=1.0),
        height=290,
        sources=[Plotted(seen, _laid_out, trace=IMAGES, unit=None)],
    )


def _laid_out(seen: Tensor) -> Tensor:
    """In per cent and from 0 to 100 only, as ``pictures`` draws them."""
    return torch.from_numpy(sheet(seen.numpy()))


def _told(value: float) -> str:
    return f"{value:.2g}" if np.isfinite(value) else "beyond all bounds"


def _cells(result: GrowingResult, metrics: Measurements) -> Figure:
    c, own = result.controls, result.courses[result.controls.way]
    labels = [str(at) if at % 5 == 0 else "" for at in range(SIZE)]
    drawn = heatmap(own.hit[..., 0].numpy(), rows=labels, columns=labels, high=1.0)
    drawn.update_traces(zmin=0, zmax=1, hoverinfo="skip", hovertemplate=None)
    drawn.update_yaxes(scaleanchor="x", constrain="domain")
    drawn.update_layout(margin={"l": 28, "r": 8, "t": 8, "b": 28})
    rule = result.rule
    return Figure(
        title=f"The living cells, trained on: {WAYS[c.way]}",
        caption="Press Run, then erase cells by a press or a drag. Nothing is sent: the rule runs in the browser.",
        text=(
            f"At step {GROWN} a disc of radius {c.radius:g} at row {c.row}, column {c.column} was erased; the error is"
            f" {_told(metrics['error_when_erased'])}."
        ),
        plot=drawn,
        height=330,
        half=True,
        sources=[Plotted(own.hit, lambda state: state[..., 0], trace="values")],
        machine=Machine(
            "automaton",
            {
                "state": own.hit.flatten(),
                "first": rule.hidden.weight.flatten(),
                "bias": rule.hidden.bias,
                "second": rule.change.weight.flatten(),
                "target": lizard().flatten(),
                "size": SIZE,
                "share": c.share,
                "seed": chance_of(c),
                "start": GROWN,
                "radius": min(c.radius, 2.5),
            },
        ),
    )


def _errors(result: GrowingResult, metrics: Measurements) -> Figure:
    at = np.concatenate([np.arange(GROWN + 1), [GROWN], GROWN + 1 + np.arange(AFTER)])
    lines = {WAYS[way]: course.errors.clamp(min=1e-4) for way, course in result.courses.items()}
    colours = {name: ACCENT if name == WAYS[result.controls.way] else colour
               for name, colour in zip(lines, (INK_3, INK_2, INK_2))}  # fmt: skip
    drawn = curves(
        at, {name: line.numpy() for name, line in lines.items()}, x_title="step", y_log=True, room=84, colours=colours
    )
    drawn.update_xaxes(range=[0, GROWN + AFTER + 1])
    drawn.update_yaxes(range=[-4, 1], tickformat="~g")
    apart(drawn, 260)
    mark_x(drawn, GROWN, "erased")
    return Figure(
        title="Squared error of the picture, mean over the cells",
        caption="Mean of eight draws of the cells that change, logarithmic scale. A flat line is a picture that lasts.",
        text=(
            f"Grown, the chosen rule has an error of {_told(metrics['error_when_grown'])}. Left alone for 100 steps"
            f" more it has {_told(metrics['error_left_alone'])}."
        ),
        plot=drawn,
        height=330,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )
