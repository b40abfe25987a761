"""A trained rule grows its picture from one cell, a disc is erased, and the rule goes on; beside it two other rules."""

from collections.abc import Mapping
from typing import NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.cellular.automaton import Automaton, erased, seed_cell
from models.cellular.chance import taking_part
from models.data.drawn_target import SIZE
from models.training.beginnings import CHANNELS, PART, Way, error
from models.training.cells import TRAININGS
from models.training.growing import pretrained

GROWN, AFTER, ALONE = 40, 60, 100
"""Steps before the disc is erased, steps after it, and steps more of an undamaged one."""
DRAWS = 8
"""Draws of the cells that change: errors are means over them, the first one is shown."""
HIGHEST = 1e6
"""An error beyond it is not a number: the state has exploded."""


class GrowingControls(Controls):
    way: Way = Field(
        "damage", title="Trained on", description="The seed only; a pool of its own states; damaged ones of them too"
    )
    row: int = Field(5, ge=0, le=SIZE - 1, title="Row of the disc")
    column: int = Field(6, ge=0, le=SIZE - 1, title="Column of the disc")
    radius: float = Field(4.0, ge=0, le=8, title="Radius of the disc", description="Cells; 0 erases one")
    share: float = Field(PART, ge=0.1, le=1, title="Cells that change per step", description="Share, at random")
    masks: int = Field(0, ge=0, le=999, title="Which cells change", description="Another draw", json_schema_extra=MORE)


class Course(NamedTuple):
    """One rule: its states at each step of the first draw, and mean errors."""

    states: Tensor  # (1 + GROWN, Y, X, C) from the seed cell on
    hit: Tensor  # (Y, X, C) with the disc erased
    after: Tensor  # (AFTER, Y, X, C)
    errors: Tensor  # (1 + GROWN + 1 + AFTER,) the erased state once more in between
    alone: Tensor  # (ALONE,) errors of the undamaged one


class GrowingResult(NamedTuple):
    controls: GrowingControls
    rule: Automaton
    courses: Mapping[str, Course]  # by the way of training
    parameters: int


def chance_of(c: GrowingControls) -> int:
    """The seed of the first draw of cells; the others follow it."""
    return DRAWS * (1000 * (c.seed % 100_000) + c.masks)


@memo
@torch.inference_mode()
def course(way: Way, training: int, row: int, column: int, radius: float, share: float, chance: int) -> Course:
    model = pretrained(way, training)
    parts = torch.cat([taking_part(chance + draw, 0, GROWN + ALONE, SIZE, share) for draw in range(DRAWS)])
    first = seed_cell(SIZE, CHANNELS, DRAWS)
    grown, trace = model(first, parts[:, :GROWN])
    disc = (torch.full((DRAWS,), value) for value in (row, column, radius))
    hit = erased(grown, *disc)
    after = model(hit, parts[:, GROWN : GROWN + AFTER])[1].states
    alone = model(grown, parts[:, GROWN:])[1].states
    states = torch.cat([first[:, None], trace.states], dim=1)
    mean = lambda x: error(x).mean(dim=0)
    finite = lambda x: torch.where(x < HIGHEST, x, torch.nan)
    errors = finite(mean(torch.cat([states, hit[:, None], after], dim=1)))
    return Course(states[0].clone(), hit[0].clone(), after[0].clone(), errors, finite(mean(alone)))


def run(controls: GrowingControls, device: str) -> GrowingResult:
    """On the CPU whatever the device: 256 cells keep no other one busy."""
    c, training = controls, controls.seed % TRAININGS
    courses = {
        way: course(way, training, c.row, c.column, c.radius, c.share, chance_of(c)) for way in get_args(Way)
    }  # fmt: skip
    rule = pretrained(c.way, training)
    return GrowingResult(c, rule, courses, sum(weight.numel() for weight in rule.parameters()))


def measure(result: GrowingResult) -> Measurements:
    own = result.courses[result.controls.way]
    after = {way: course.errors[-1].item() for way, course in result.courses.items()}
    return {
        "error_when_grown": own.errors[GROWN].item(),
        "error_when_erased": own.errors[GROWN + 1].item(),
        "error_60_steps_after": own.errors[-1].item(),
        "error_left_alone": own.alone[-1].item(),
        **{f"error_60_steps_after_{way}": value for way, value in after.items()},
        **{f"error_left_alone_{way}": course.alone[-1].item() for way, course in result.courses.items()},
        "living_cells": float((own.after[-1, ..., 0] > 0.1).sum()),
    }
