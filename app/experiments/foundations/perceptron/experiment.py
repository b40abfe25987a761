"""Serves perceptron alone: one line on one set of points; perceptron_bound counts mistakes on hundreds of sets."""

from app.experiments.base import Experiment
from app.experiments.foundations.perceptron.figures import figures
from app.experiments.foundations.perceptron.run import PerceptronControls, measure, run

EXPERIMENT = Experiment(
    PerceptronControls,
    run,
    measure,
    figures,
    labels={
        "moves": "moves of the line",
        "accuracy_separable_share": "held-out accuracy without flipped labels, share",
        "accuracy_last_at_10_share": "held-out accuracy of the last line with 10 % flipped, share",
        "accuracy_average_at_10_share": "held-out accuracy of the average line with 10 % flipped, share",
        "average_gain_at_10_share": "accuracy gained by averaging with 10 % flipped, share",
        "mean_moves": "moves of the line, mean of 50 sets",
        "mean_moves_in_the_last_pass": "moves of the line in the last pass, mean of 50 sets",
    },
)
