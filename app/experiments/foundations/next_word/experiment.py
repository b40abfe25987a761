"""Serves discrete-probability-distribution alone: one prediction; condition compares predictions of two texts."""

from app.experiments.base import Experiment
from app.experiments.foundations.next_word.figures import figures
from app.experiments.foundations.next_word.run import KINDS, NextWordControls, measure, run

EXPERIMENT = Experiment(
    NextWordControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "sum_of_probabilities": "sum of all probabilities",
        "entropy_nats": "entropy, nats",
        "distance_from_truth": "total variation distance from the truth, mean of four kinds of text",
        "distance_here": "total variation distance from the truth, this text",
        "sampling_error_here": "total variation distance of your samples’ frequencies",
        "sampling_error_at_100": "distance of frequencies of 100 samples, mean",
        "sampling_error_at_10000": "distance of frequencies of 10 000 samples, mean",
        "error_at_10000_over_100": "distance at 10 000 samples over that at 100",
        **{f"distance_from_truth_{kind}": f"total variation distance from the truth, {kind}" for kind in KINDS},
    },
)
