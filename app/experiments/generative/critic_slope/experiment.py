"""Serves wasserstein-gan alone: a critic of slopes between groups of known distance; gan has two players."""

from app.experiments.base import Experiment
from app.experiments.generative.critic_slope.figures import figures
from app.experiments.generative.critic_slope.run import CriticSlopeControls, measure, run

EXPERIMENT = Experiment(
    CriticSlopeControls,
    run,
    measure,
    figures,
    labels={
        "distance": "true distance W",
        "estimate": "the critic’s estimate of W",
        "predicted_estimate": "W (1 + W/(2λ))",
        "estimate_over_prediction": "estimate over W (1 + W/(2λ))",
        "too_high_percent": "estimate above W, %",
        "mean_slope": "mean slope between the groups",
        "image_distance": "true distance of the images",
        "image_estimate": "estimate for the images",
        "image_estimate_over_prediction": "estimate over W (1 + W/(2λ)), images",
        "distance_left_with_critic": "distance left, taught by the critic",
        "distance_left_with_saturating_discriminator": "distance left, taught by a discriminator, saturating",
        "distance_left_with_non_saturating_discriminator": "distance left, taught by a discriminator, non-saturating",
    },
)
