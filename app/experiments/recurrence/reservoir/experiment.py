"""Serves echo-state-network alone: the echo state property needs two states and no readout."""

from app.experiments.base import Experiment
from app.experiments.recurrence.reservoir.figures import figures
from app.experiments.recurrence.reservoir.run import ReservoirControls, measure, run

EXPERIMENT = Experiment(
    ReservoirControls,
    run,
    measure,
    figures,
    labels={
        "valid_time_lyapunov_times": "valid time of the network, median, Lyapunov times",
        "shortest_valid_time_lyapunov_times": "valid time of the network, shortest, Lyapunov times",
        "longest_valid_time_lyapunov_times": "valid time of the network, longest, Lyapunov times",
        "shown_valid_time_lyapunov_times": "valid time of the network from the start shown, Lyapunov times",
        "delayed_inputs_valid_time_lyapunov_times": "valid time of the linear fit, median, Lyapunov times",
        "products_valid_time_lyapunov_times": "valid time of the fit with products, median, Lyapunov times",
        "valid_time_over_delayed_inputs": "valid time of the network, over that of the linear fit",
        "valid_time_over_products": "valid time of the network, over that of the fit with products",
        "one_step_error_deviations": "error one step ahead, standard deviations",
        "largest_singular_value": "largest singular value of W",
    },
)
