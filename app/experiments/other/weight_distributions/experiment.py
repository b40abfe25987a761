"""Serves bayesian-neural-network alone: its exact reference is of one network and one set of points."""

from app.experiments.base import Experiment
from app.experiments.other.weight_distributions.figures import figures
from app.experiments.other.weight_distributions.run import WeightDistributionControls, measure, run

EXPERIMENT = Experiment(
    WeightDistributionControls,
    run,
    measure,
    figures,
    labels={
        "band_inside": "band where there are points, standard deviation",
        "band_between": "band between the two stretches of points",
        "band_outside": "band outside both stretches",
        "exact_band_inside": "band of the exact posterior where there are points",
        "exact_band_between": "band of the exact posterior between the stretches",
        "exact_band_outside": "band of the exact posterior outside both",
        "outside_over_inside": "band outside over band where there are points",
        "between_over_inside": "band between the stretches over band where there are points",
        "exact_between_over_inside": "the same of the exact posterior",
        "between_over_exact": "band between the stretches over that of the exact posterior",
        "inside_over_exact": "band where there are points over that of the exact posterior",
        "error_inside": "error of the mean curve where there are points, root mean square",
    },
)
