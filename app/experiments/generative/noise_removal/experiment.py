"""Serves denoising-autoencoder alone: it has one noise level and a target, the score-based model has all levels."""

from app.experiments.base import Experiment
from app.experiments.generative.noise_removal.figures import figures
from app.experiments.generative.noise_removal.run import NoiseRemovalControls, measure, run

EXPERIMENT = Experiment(
    NoiseRemovalControls,
    run,
    measure,
    figures,
    labels={
        "score_error_percent": "squared error of correction/σ², % of the mean square of the noisy data’s score",
        "cosine": "mean cosine of correction and score of the noisy data",
        "correction_percent": "length of correction/σ² (root of the mean square), % of that of the score",
        "clean_score_error_percent": "the same error against the score of the clean data, %",
        "above_lowest_percent": "squared error above the lowest possible, plane, %",
        "digit_error_left_percent": "squared error of the restored digits, % of that of the noise",
        "noisy_read_percent": "noisy digits that the judge reads right, %",
        "restored_read_percent": "restored digits that the judge reads right, %",
        "read_gain_points": "gain by restoring, percentage points",
    },
)
