"""Serves score-matching alone: objectives of one unknown, with no network and no chain."""

from app.experiments.base import Experiment
from app.experiments.generative.score_objectives.figures import figures
from app.experiments.generative.score_objectives.run import ScoreObjectivesControls, measure, run

EXPERIMENT = Experiment(
    ScoreObjectivesControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "deviation_found": "deviation at the lowest value of the objective",
        "deviation_aimed_at": "deviation it should find",
        "off_by_percent": "off by, %",
        "denoising_deviation": "deviation that the denoising objective finds",
        "smoothed_deviation": "deviation of the noisy data",
        "weight_gap_over_spread": "objective: gap between wrong and right weights, over its spread",
        "likelihood_gap_over_spread": "the same of the log-likelihood",
        "spread_with_signs": "spread of the trace term, random signs",
        "spread_with_gaussian_slices": "spread of the trace term, Gaussian slices",
    },
)
