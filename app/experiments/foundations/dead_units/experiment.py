"""Serves relu and leaky-relu: both ask what becomes of units that no digit switches on."""

from app.experiments.base import Experiment
from app.experiments.foundations.dead_units.figures import figures
from app.experiments.foundations.dead_units.run import DeadUnitsControls, measure, run

EXPERIMENT = Experiment(
    DeadUnitsControls,
    run,
    measure,
    figures,
    labels={
        "dead_units_share": "units that no training digit switches on, share",
        "dead_units": "units that no training digit switches on",
        "dead_units_of_layer_1": "units of layer 1 that no training digit switches on",
        "dead_units_at_half_time": "units that no training digit switches on, after half of the steps",
        "returned_units_of_layer_1": "off after half of the steps and on again at the end, layer 1",
        "returned_units_of_later_layers": "off after half of the steps and on again at the end, later layers",
        "units_without_gradient_share": "units that get no gradient, share",
        "training_accuracy": "training accuracy",
        "held_out_accuracy": "held-out accuracy",
        "layer_1_units_on_share": "units of layer 1 that some training digit switches on, share",
    },
)
