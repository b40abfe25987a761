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
        "energy_over_other_percent": "energy with the own half, % of that with another digit’s",
        "highest_energy_over_other_percent": "the same, highest of the four hidden halves",
        "lowest_energy_over_other_percent": "the same, lowest of the four hidden halves",
        "loss_all_guards": "loss with all guards",
        "loss_without_moving_average": "loss without the moving average",
        "loss_without_stop_gradient": "loss without the stop-gradient",
        "loss_without_predictor": "loss without the predictor",
        "spread_all_guards": "spread of the target vectors with all guards",
        "spread_without_moving_average": "spread without the moving average",
        "spread_without_stop_gradient": "spread without the stop-gradient",
        "spread_without_predictor": "spread without the predictor",
        "rank_all_guards": "effective rank of the target vectors with all guards",
        "rank_without_moving_average": "effective rank without the moving average",
        "rank_without_stop_gradient": "effective rank without the stop-gradient",
        "rank_without_predictor": "effective rank without the predictor",
    },
)
