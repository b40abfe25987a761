"""Serves discretization-zoh alone: the other pages on linear layers keep one sampling rate."""

from app.experiments.base import Experiment
from app.experiments.statespace.sampling_step.figures import figures
from app.experiments.statespace.sampling_step.run import StepControls, measure, run

EXPERIMENT = Experiment(
    StepControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "rate_over_trained": "sampling rate over that in training",
        "accuracy": "pitches named rightly, share",
        "accuracy_as_trained": "pitches named rightly at the trained rate, share",
        "accuracy_kept": "pitches named rightly with Δ kept, share",
        "octave_up": "lower pitches heard an octave too high, share",
        "mode_error_share": "error of the single mode, share of the solution",
        "largest_state": "largest state of the single mode",
        "input_stands": "input of the mode stands still between samples, 1 if so",
        "growth_per_step": "size of Ā, per step",
        "error_order": "order of the error on smooth input",
    },
)
