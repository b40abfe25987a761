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
        "weight_gradient_error_percent": "error of the gradient by the weights, %",
        "input_gradient_error_percent": "error of the gradient by the inputs, %",
        "weight_gradient_cosine": "cosine with the exact gradient by the weights",
        "start_drift_percent": "recomputed starts: distance from the true ones, % of their size",
        "start_digits": "recomputed starts: right digits",
        "weight_gradient_digits": "gradient by the weights: right digits",
        "input_gradient_digits": "gradient by the inputs: right digits",
        "backpropagation_kilobytes": "kept by backpropagation, kB",
        "adjoint_kilobytes": "kept by the adjoint method, kB",
        "bytes_ratio": "kept by backpropagation over kept by the adjoint method",
        "evaluations_forwards": "evaluations of the field, forwards",
        "evaluations_backwards": "evaluations of the field, backwards",
    },
)
