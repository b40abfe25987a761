"""Serves adjoint-method alone: gradients of one loss, where the neural ODE's page follows points."""

from app.experiments.base import Experiment
from app.experiments.energy.backward_solve.figures import figures
from app.experiments.energy.backward_solve.run import BackwardControls, measure, run

EXPERIMENT = Experiment(
    BackwardControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "tolerance_exponent": "tolerance: 10 to the power −n, n",
        "weight_gradient_error_percent": "error of the weight gradient, %",
        "input_gradient_error_percent": "error of the input gradient, %",
        "weight_gradient_cosine": "cosine with the exact weight gradient",
        "start_drift_percent": "recomputed starts: distance from the true ones, % of their size",
        "start_digits": "recomputed starts: right digits",
        "weight_gradient_digits": "weight gradient: right digits",
        "input_gradient_digits": "input gradient: right digits",
        "backpropagation_kilobytes": "kept by backpropagation, kB",
        "adjoint_kilobytes": "kept by the adjoint method, kB",
        "bytes_ratio": "kept by backpropagation over kept by the adjoint method",
        "evaluations_forwards": "evaluations of the field, forwards",
        "evaluations_backwards": "evaluations of the field, backwards",
    },
)
