"""Serves tanh and elu: both ask whether outputs around zero are faster to train than outputs on one side."""

from app.experiments.base import Experiment
from app.experiments.foundations.activation_centring.figures import figures
from app.experiments.foundations.activation_centring.run import CentringControls, measure, run

EXPERIMENT = Experiment(
    CentringControls,
    run,
    measure,
    figures,
    labels={
        "steps_to_90_percent": "steps until 90 % of the training digits are named correctly",
        "reference_steps_to_90_percent": "steps until 90 %, compared network",
        "wrong_during_training_share": "training digits named wrongly, mean over the training",
        "reference_wrong_during_training_share": "training digits named wrongly, compared network",
        "reference_wrong_over_own": "wrongly named by the compared network, divided by those of the first",
        "mean_over_deviation": "mean output of a layer, in standard deviations",
        "reference_mean_over_deviation": "mean output of a layer, in standard deviations, compared network",
        "mean_over_that_of_reference": "mean output, divided by that of the compared network",
        "largest_layer_mean_over_that_of_reference": "the same quotient in the layer where it is largest",
        "best_rate": "learning rate with fewest wrong digits during training",
        "reference_best_rate": "best learning rate, compared network",
        "held_out_accuracy": "held-out accuracy",
        "reference_held_out_accuracy": "held-out accuracy, compared network",
    },
)
