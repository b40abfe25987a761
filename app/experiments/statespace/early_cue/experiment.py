"""Serves state-space-model alone: hippo compresses without learning, discretization-zoh needs two sampling rates."""

from app.experiments.base import Experiment
from app.experiments.statespace.early_cue.figures import figures
from app.experiments.statespace.early_cue.run import EarlyCueControls, measure, run

EXPERIMENT = Experiment(
    EarlyCueControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "sign of the cue named rightly, share",
        "weight_at_cues": "weight of steps where cues stand, mean size",
        "weight_at_distractors": "weight of steps where distractors stand, mean size",
        "weight_ratio": "weight at cues over weight at distractors",
        "long_modes": "modes with a half-life above 100 steps",
        "shortest_half_life_steps": "shortest half-life, steps",
        "longest_half_life_steps": "longest half-life, steps",
        "largest_difference_share": "largest difference of FFT and recurrence, share of the largest output",
        "last_step_difference_share": "difference of FFT and recurrence at the last step, share of the largest output",
        "sum_difference_share": "largest difference of sum and recurrence, share of the largest output",
        "state_numbers": "numbers in the state",
    },
)
