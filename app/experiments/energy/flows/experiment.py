"""Serves neural-ode alone: the adjoint method's page is about gradients of one of these fields, not about paths."""

from app.experiments.base import Experiment
from app.experiments.energy.flows.figures import figures
from app.experiments.energy.flows.run import FlowControls, measure, run

EXPERIMENT = Experiment(
    FlowControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy_as_trained_percent": "accuracy with the solver of the training, %",
        "accuracy_adaptive_percent": "accuracy with the adaptive solver, %",
        "accuracy_change_points": "change of accuracy between the two solvers, percentage points",
        "evaluations": "evaluations of the field, adaptive solver",
        "evaluations_untrained": "evaluations of the field before training, adaptive solver",
        "evaluations_growth": "evaluations after training over those before",
        "folded_percent": "points at which a step turns the space over, %",
        "loss_nats": "loss of this kind, nats per held-out point",
        "plane_loss_nats": "loss in the plane, nats per held-out point",
        "three_dimensions_loss_nats": "loss with one added dimension, nats per held-out point",
        "loss_ratio": "loss with an added dimension over loss in the plane",
        "farthest_along_the_added_dimension": "farthest point along the added dimension",
    },
)
