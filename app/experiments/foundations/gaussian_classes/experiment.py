"""Serves multiclass-classification alone: no other page has several classes whose true probabilities are known."""

from app.experiments.base import Experiment
from app.experiments.foundations.gaussian_classes.figures import figures
from app.experiments.foundations.gaussian_classes.run import GaussianClassesControls, measure, run

EXPERIMENT = Experiment(
    GaussianClassesControls,
    run,
    measure,
    figures,
    labels={
        "accuracy_share": "held-out points answered right, share",
        "best_accuracy_share": "the best possible, share",
        "accuracy_lost_share": "accuracy below the best possible, share",
        "distance_from_true_probabilities": "total variation distance from the true probabilities, mean",
        "loss_nats": "loss on held-out points, nats per point",
        "best_loss_nats": "loss of the true probabilities, nats per point",
        "most_frequent_confusion_share": "most frequent confusion, share of the true class",
        "mean_largest_probability": "largest probability, mean",
        "mean_error_of_the_sum": "distance of the outputs’ sum from 1, before they are divided, mean",
    },
)
