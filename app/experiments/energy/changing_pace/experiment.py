"""Serves liquid-neural-network alone: the page of circuits drives a car, that of closed forms has no cell that learns
its pace from a flag."""

from app.experiments.base import Experiment
from app.experiments.energy.changing_pace.figures import figures
from app.experiments.energy.changing_pace.run import PaceControls, measure, run

EXPERIMENT = Experiment(
    PaceControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "follow_busy_over_quiet": "estimate’s move per unit measured, busy over quiet",
        "leaky_follow_busy_over_quiet": "the same of leaky cells",
        "follow_quiet": "estimate’s move per unit measured, quiet stretches",
        "follow_busy": "estimate’s move per unit measured, busy stretches",
        "squared_error": "mean squared error",
        "leaky_over_liquid": "squared error of leaky cells over that of liquid cells",
        "gru_over_liquid": "squared error of the GRU over that of liquid cells",
        "best_possible_squared_error": "mean squared error of the best possible estimate",
        "outside_percent": "states beyond all potentials, %",
        "largest_state_over_potential": "largest state over the largest potential, at most a million",
        "quiet_effective_time_s": "longest effective time constant in quiet stretches, median, s",
        "busy_effective_time_s": "longest effective time constant in busy stretches, median, s",
        "quiet_time_constant_s": "mean time constant of two cells in quiet stretches, s",
        "busy_time_constant_s": "mean time constant of two cells in busy stretches, s",
    },
)
