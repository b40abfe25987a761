"""Serves jepa alone: its halves, its predictor and its guards mean nothing where two views are compared."""

from app.experiments.base import Experiment
from app.experiments.contrastive.predicted_halves.figures import figures
from app.experiments.contrastive.predicted_halves.run import HalvesControls, measure, run

EXPERIMENT = Experiment(
    HalvesControls,
    run,
    measure,
    figures,
    labels={
        "matched_percent": "own half has a lower energy than another digit’s, %",
        "same_class_percent": "half of lowest energy is of the same digit, %",
        "explained_percent": "variance of the targets explained by the predictions, %",
        "spread": "standard deviation of the target vectors, mean of 16 dimensions",
        "spread_at_start": "the same before training",
        "spread_kept_percent": "spread of the target vectors, % of that before training",
        "effective_rank": "effective rank of the target vectors",
        "effective_rank_at_start": "the same before training",
        "loss": "loss, mean of the last 20 batches",
        "own_energy": "mean energy with the own half",
        "other_energy": "mean energy with another digit’s half",
    },
)
