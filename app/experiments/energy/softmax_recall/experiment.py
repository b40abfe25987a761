"""Serves modern-hopfield alone: β and attention mean nothing to the memories with Hebb's weights."""

from app.experiments.base import Experiment
from app.experiments.energy.softmax_recall.figures import figures
from app.experiments.energy.softmax_recall.run import SoftmaxControls, measure, run

EXPERIMENT = Experiment(
    SoftmaxControls,
    run,
    measure,
    figures,
    labels={
        "as_stated": "1 000 patterns and 20 % damage (1 is yes)",
        "returned_percent": "queries that one update returns exactly, %",
        "classical_returned_percent": "the same by Hebb’s rule, %",
        "patterns_in_use": "patterns over which the weights are spread",
        "weight_of_the_drawing": "weight of the drawing",
        "wrong_pixels_before": "wrong pixels before the update",
        "wrong_pixels_after": "wrong pixels after it",
        "attention_returned_percent": "returned by the attention beside it, %",
        "attention_difference": "largest difference to scaled dot-product attention",
        "largest_energy_rise": "largest rise of the energy in three updates",
    },
)
