"""Serves score-based-model alone: chains and arrows need the score at many levels of noise."""

from app.experiments.base import Experiment
from app.experiments.generative.score_field.figures import figures
from app.experiments.generative.score_field.run import ScoreFieldControls, measure, run

EXPERIMENT = Experiment(
    ScoreFieldControls,
    run,
    measure,
    figures,
    labels={
        "left_share_percent": "chains that end in the left half, %",
        "left_share_error_points": "difference to the data’s share, % points",
        "left_share_of_exact_score_percent": "the same chains led by the exact score, % in the left half",
        "spread_over_true": "spread of the samples across, over that of the data",
        "error_at_the_data_percent": "squared error of the score at noisy data, % of its mean square",
        "error_between_the_modes_percent": "squared error of the score between the modes, %",
        "cosine_at_high_noise": "cosine of learned and exact arrows at high noise",
        "cosine_at_low_noise": "cosine of learned and exact arrows at low noise",
        "merged_from_sigma": "noise σ from which the density has one maximum",
    },
)
