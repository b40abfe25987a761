"""Serves energy-based-model alone: an energy that is a network, over points; Boltzmann machines list their states."""

from app.experiments.base import Experiment
from app.experiments.generative.valleys.figures import figures
from app.experiments.generative.valleys.run import ValleysControls, measure, run

EXPERIMENT = Experiment(
    ValleysControls,
    run,
    measure,
    figures,
    labels={
        "total_variation": "total variation distance of the learned density to the true one",
        "total_variation_of_short_chains": "the same, of points after as many steps as in training",
        "total_variation_of_long_chains": "the same, of points after 50 times as many steps",
        "total_variation_of_independent_draws": "the same, of as many points of the true density",
        "points_at_a_mode_percent": "points of short chains within three deviations of a mode, %",
        "heaviest_learned_percent": "learned share of the heaviest mode, %",
        "heaviest_true_percent": "true share of the heaviest mode, %",
    },
)
