"""Serves mlp alone: two hidden layers of a plane are what it is about; the perceptron has no hidden unit to show."""

from app.experiments.base import Experiment
from app.experiments.foundations.plane_mlp.figures import figures
from app.experiments.foundations.plane_mlp.run import PlaneMLPControls, measure, run

EXPERIMENT = Experiment(
    PlaneMLPControls,
    run,
    measure,
    figures,
    labels={
        "held_out_accuracy_percent": "accuracy on held-out points, %",
        "training_accuracy_percent": "accuracy on training points, %",
        "accuracy_gap_percent": "training accuracy minus held-out accuracy, % points",
        "held_out_loss_nats": "loss, nats per held-out point",
        "training_loss_nats": "loss, nats per training point",
        "lowest_held_out_loss_nats": "lowest held-out loss of all snapshots, nats per point",
        "distinct_units_in_layer_1": "units of layer 1 that are no copy of another",
        "distinct_units_in_layer_2": "units of layer 2 that are no copy of another",
        "different_in_layer_1_percent": "units of layer 1 that are no copy of another, %",
        "gradient_check_difference": "gradient check: relative difference to finite differences",
    },
)
