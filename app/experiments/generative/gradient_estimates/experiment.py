"""Serves reparameterization-trick alone: no other entry compares estimators of a gradient."""

from app.experiments.base import Experiment
from app.experiments.generative.gradient_estimates.figures import figures
from app.experiments.generative.gradient_estimates.run import EstimatesControls, measure, run

EXPERIMENT = Experiment(
    EstimatesControls,
    run,
    measure,
    figures,
    labels={
        "variance_ratio": "variance through the sample over that of the score function",
        "pathwise_variance": "variance through the sample",
        "score_variance": "variance of the score function, fitted baseline",
        "bare_score_variance": "variance of the score function, no baseline",
        "baseline_gain": "score function: variance without over with baseline",
        "pathwise_bias_percent": "distance of the mean estimate from the truth, through the sample, %",
        "score_bias_percent": "the same by the score function, %",
        "gradient_length": "length of the true gradient, nats per unit",
        "crossing_omega": "ω of equal variances on a sine",
        "example_number": "number of the held-out digit",
    },
)
