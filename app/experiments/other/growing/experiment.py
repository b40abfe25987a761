"""Serves neural-cellular-automaton alone: no other entry has cells that follow one rule."""

from app.experiments.base import Experiment
from app.experiments.other.growing.figures import figures
from app.experiments.other.growing.run import GrowingControls, measure, run

EXPERIMENT = Experiment(
    GrowingControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "error_when_grown": "error after 40 steps",
        "error_when_erased": "error just after the erasure",
        "error_60_steps_after": "error 60 steps after the erasure",
        "error_left_alone": "error after 100 steps more without an erasure",
        "error_60_steps_after_seed": "error 60 steps after the erasure, trained from the seed only",
        "error_60_steps_after_pool": "error 60 steps after the erasure, trained on its own states",
        "error_60_steps_after_damage": "error 60 steps after the erasure, trained on damaged states too",
        "error_left_alone_seed": "error after 100 steps more, trained from the seed only",
        "error_left_alone_pool": "error after 100 steps more, trained on its own states",
        "error_left_alone_damage": "error after 100 steps more, trained on damaged states too",
        "living_cells": "cells seen 60 steps after the erasure",
    },
)
