"""Serves realnvp alone: what one layer does and why halves alternate; normalizing-flow trains a whole chain."""

from app.experiments.base import Experiment
from app.experiments.generative.coupling_layer.figures import figures
from app.experiments.generative.coupling_layer.run import CouplingControls, measure, run

EXPERIMENT = Experiment(
    CouplingControls,
    run,
    measure,
    figures,
    labels={
        "held_out_loss_nats": "loss with the chosen halves, nats per held-out point",
        "fixed_halves_loss_nats": "loss with fixed halves, nats per held-out point",
        "gain_nats": "loss of fixed halves minus that of the chosen ones, nats per point",
        "off_data_percent": "samples off the data, %",
        "fixed_off_data_percent": "samples off the data with fixed halves, %",
        "log_det_difference": "Σ s from log |det J| by automatic differentiation, largest difference in nats",
        "round_trip_error": "median distance after a round trip through random layers, geometric mean of 5 chains",
        "decimal_places_kept": "decimal places that the median point keeps: −log₁₀ of that distance",
        "sum_operations": "additions of the sum of s",
        "elimination_operations": "multiplications and divisions of a determinant by elimination",
    },
)
