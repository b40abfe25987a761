"""Serves sigmoid alone: it asks what many layers of one function do to the gradient, and to learning."""

from app.experiments.base import Experiment
from app.experiments.foundations.activation_depth.figures import figures
from app.experiments.foundations.activation_depth.run import DepthControls, measure, run

EXPERIMENT = Experiment(
    DepthControls,
    run,
    measure,
    figures,
    labels={
        "training_accuracy": "training digits named correctly, share",
        "reference_training_accuracy": "training digits named correctly by the reference, share",
        "held_out_accuracy": "held-out digits named correctly, share",
        "gradient_first_over_last": "gradient of the first layer before training, over that of the output layer",
        "reference_gradient_first_over_last": "gradient of the first layer over that of the output layer, reference",
        "mean_slope_at_the_start": "mean slope at the inputs before training",
        "largest_slope": "largest slope of the function",
        "flat_inputs_share": "pre-activations where the function is flat, share",
    },
)
