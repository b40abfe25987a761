"""Serves stdp alone: its controls are what a neuron hears while it learns, and for how long."""

from app.experiments.base import Experiment
from app.experiments.spiking.repeated_pattern.figures import figures
from app.experiments.spiking.repeated_pattern.run import RepeatedPatternControls, measure, run
from models.data.repeated_pattern import INPUTS

EXPERIMENT = Experiment(
    RepeatedPatternControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: INPUTS,
    labels={
        "selective_neurons": "selective neurons of twelve",
        "silent_neurons": "silent neurons of twelve",
        "neurons": "neurons, each with its own pattern and noise",
        "inside_share": "spikes inside the pattern, all neurons, share",
        "time_share": "the pattern’s share of the time",
        "spikes_per_second": "spikes per second and neuron",
        "latency_ms": "first spike of selective neurons, ms after the pattern begins",
        "latency_after_5_seconds_ms": "the same after 5 seconds of learning, ms",
        "latency_gain_ms": "how much earlier than after 5 seconds, ms",
        "shown_spikes": "spikes of the shown neuron in 4 seconds",
        "shown_inside": "of these, inside the pattern",
        "shown_latency_ms": "first spike of the shown neuron, ms after the pattern begins",
        "strong_weights": "weights of the shown neuron above one half",
    },
)
