"""Scores of random queries and keys at many widths, with and without scaling, and the gradient behind the softmax.

Serves scaled-attention-score alone: no other page varies the width of a head at the start of training.
"""

from app.experiments.attention.scaled_scores.figures import figures
from app.experiments.attention.scaled_scores.run import ScoreControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    ScoreControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "unscaled_score_variance": "variance of an unscaled score",
        "score_variance": "variance of a score",
        "variance_exponent": "power of the width with which the variance grows",
        "match_exponent": "power of the width with which the score of a matching key grows",
        "unscaled_mean_entropy_nats": "mean entropy of unscaled weights, nats",
        "mean_entropy_nats": "mean entropy of the weights, nats",
        "unscaled_median_gradient": "median gradient, unscaled",
        "median_gradient": "median gradient",
        "gradient_of_widest_over_narrowest": "median gradient at width 512 over that at width 1",
        "largest_weight": "largest weight of the query on screen",
        "difference_from_torch": "largest difference from torch's own scaled dot-product attention",
    },
)
