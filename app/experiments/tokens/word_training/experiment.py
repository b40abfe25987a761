"""Serves word-embedding alone: the training is what it is about; the other pages look at tables that are trained."""

from app.experiments.base import Experiment
from app.experiments.tokens.word_training.figures import figures
from app.experiments.tokens.word_training.run import WordTrainingControls, measure, run

EXPERIMENT = Experiment(
    WordTrainingControls,
    run,
    measure,
    figures,
    labels={
        "purity": "purity of the five nearest words",
        "purity_before_training": "purity before training",
        "chance_purity": "purity by chance",
        "mean_cosine": "mean cosine of two words",
        "loss_nats": "loss of the last 50 steps, nats per pair",
    },
)
