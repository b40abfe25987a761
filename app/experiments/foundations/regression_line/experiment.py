"""Serves mean-squared-error alone: a loss of numbers, where the pages beside it have losses of probabilities."""

from app.experiments.base import Experiment
from app.experiments.foundations.regression_line.figures import figures
from app.experiments.foundations.regression_line.run import RegressionLineControls, measure, run

EXPERIMENT = Experiment(
    RegressionLineControls,
    run,
    measure,
    figures,
    labels={
        "slope_error_share": "error of the slope over the true slope, mean of 20 sets",
        "distance_from_least_squares": "difference from the slope of least squares",
        "points_below_share": "points below the line, share, mean of 20 sets",
        "slope_shift": "change of the slope by your outlier, mean of 20 sets",
        "slope_shift_by_10": "change of the slope by an outlier of 10, mean of 20 sets",
        "slope_shift_by_20": "change of the slope by an outlier of 20, mean of 20 sets",
        "slope_shift_by_10_absolute_error": "the same by an outlier of 10, with the absolute error",
        "gradient_error": "largest difference of autograd and formula",
    },
)
