"""Serves rbf-network alone: its units are local and placed by the data."""

from app.experiments.base import Experiment
from app.experiments.foundations.rbf_network.figures import figures
from app.experiments.foundations.rbf_network.run import RbfNetworkControls, measure, run

EXPERIMENT = Experiment(
    RbfNetworkControls,
    run,
    measure,
    figures,
    labels={
        "error": "error on held-out inputs, root mean square",
        "even_error": "error with centres at even distances, root mean square",
        "error_over_even": "error over that with centres at even distances",
        "condition_number_of_narrow_bumps": "condition number at a width of 0.01",
        "condition_number_of_wide_bumps": "condition number at a width of 0.5",
        "error_of_narrow_bumps": "error at a width of 0.01, root mean square",
        "error_of_wide_bumps": "error at a width of 0.5, root mean square",
        "largest_weight": "largest output weight",
    },
)
