"""Serves online-softmax alone: its scores come one at a time, where flash-attention has tiles of a trained head."""

from app.experiments.attention.online_softmax.figures import figures
from app.experiments.attention.online_softmax.run import OnlineSoftmaxControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    OnlineSoftmaxControls,
    run,
    measure,
    figures,
    labels={
        "largest_difference_from_two_passes": "largest difference of a probability from two passes",
        "largest_difference_when_merged": "largest difference of a mean when pieces are merged",
        "sum_of_probabilities": "sum of the probabilities",
        "rescales_on_screen": "rescales of the scores shown",
        "mean_rescales_of_a_random_row": "rescales of a random row, mean",
        "rescales_expected_in_random_order": "rescales of a row in random order, by formula",
        "accesses_a_score_safe": "reads and writes per score, softmax in three passes",
        "accesses_a_score_online": "reads and writes per score, online softmax",
    },
)
