"""Serves universal-approximation alone: it solves for output weights; rbf-network places units by the data."""

from app.experiments.base import Experiment
from app.experiments.foundations.universal_approximation.figures import figures
from app.experiments.foundations.universal_approximation.run import UniversalApproximationControls, measure, run

EXPERIMENT = Experiment(
    UniversalApproximationControls,
    run,
    measure,
    figures,
    labels={
        "least_squares_error": "error with the best output weights, root mean square",
        "error_of_64_units": "error of 64 units with the best output weights, root mean square",
        "error_of_8_units": "error of 8 units with the best output weights, root mean square",
        "error_of_64_squares": "error of 64 squares with the best output weights, root mean square",
        "descent_error": "error after gradient descent, root mean square",
        "best_error_of_its_units": "error of the best output weights on the units that descent found, root mean square",
        "descent_over_best": "error of gradient descent over that of the best output weights, same hidden units",
        "powers_of_ten_apart": "powers of ten between both errors",
    },
)
