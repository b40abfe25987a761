"""Serves affine-transformation alone: it asks what a bias does to a border, and what a stack of affine layers is."""

from app.experiments.base import Experiment
from app.experiments.foundations.affine_border.figures import figures
from app.experiments.foundations.affine_border.run import BorderControls, measure, run

EXPERIMENT = Experiment(
    BorderControls,
    run,
    measure,
    figures,
    labels={
        "held_out_accuracy": "held-out points on the correct side, share",
        "accuracy_with_a_bias": "with a bias, share",
        "accuracy_without": "without a bias, share",
        "accuracy_with_the_length": "with the length of x instead, share",
        "agreeing_digits": "digits in which the scores agree with one affine map",
        "score_at_the_origin": "score at the origin",
    },
)
