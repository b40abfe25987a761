"""Serves linear-function alone: it fits a matrix to two vectors, and asks what that says of all others."""

from app.experiments.base import Experiment
from app.experiments.foundations.linear_map.figures import figures
from app.experiments.foundations.linear_map.run import LinearMapControls, measure, run

EXPERIMENT = Experiment(
    LinearMapControls,
    run,
    measure,
    figures,
    labels={
        "right_decimal_places": "right decimal places on the grid",
        "largest_grid_error": "largest error on the 441 points of the grid",
        "mean_grid_error": "mean error on the grid",
        "example_error": "larger error on the two examples",
        "error_on_the_line_over_at_the_origin": "largest error on the line through the examples, over the origin’s",
        "additivity_error": "difference between map of the sum and sum of the maps",
        "weight_error": "largest error of a learned weight",
    },
)
