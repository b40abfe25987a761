"""Serves surrogate-gradient alone: its controls are about the backward pass only."""

from app.experiments.base import Experiment
from app.experiments.spiking.surrogates.figures import figures
from app.experiments.spiking.surrogates.run import STANDARD, SurrogatesControls, measure, run

EXPERIMENT = Experiment(
    SurrogatesControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "held-out digits named rightly, mean of five trainings, share",
        "lowest_accuracy": "the same, lowest of five trainings",
        "highest_accuracy": "the same, highest of five trainings",
        **{f"accuracy_{bump.replace(' ', '_')}": f"{bump}: named rightly, share" for bump in STANDARD},
        "accuracy_readout_only": "only the readout learns: named rightly, share",
        "cost_of_reset_gradient": "accuracy lost by a gradient through the reset",
        "share_under_bump": "neurons and steps under the bump before training, share",
        "reset_gradient_cosine": "cosine of the gradients with and without the reset, before training",
        "hidden_spikes_per_digit": "hidden spikes per digit after training",
        "hidden_spikes_gained": "hidden spikes per digit, gained by training",
    },
)
