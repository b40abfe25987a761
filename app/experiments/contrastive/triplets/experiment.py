"""Serves triplet-loss alone: its choice of negatives and its kinds of triplets mean nothing for pairs."""

from app.experiments.base import Experiment
from app.experiments.contrastive.triplets.figures import figures
from app.experiments.contrastive.triplets.run import TripletsControls, measure, run

EXPERIMENT = Experiment(
    TripletsControls,
    run,
    measure,
    figures,
    labels={
        "easy_percent": "easy triplets after training, %",
        "semi_hard_percent": "semi-hard triplets after training, %",
        "hard_percent": "hard triplets after training, %",
        "easy_at_start_percent": "easy triplets before training, %",
        "hard_at_start_percent": "hard triplets before training, %",
        "idle_early_percent": "triplets of the batch without loss, around a tenth of the training, %",
        "idle_late_percent": "triplets of the batch without loss, last tenth of the training, %",
        "neighbour_accuracy_percent": "nearest training example of the right class, %",
        "loss": "loss of the last batch",
        "spread": "standard deviation of the embeddings, all dimensions together",
    },
)
