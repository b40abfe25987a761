"""Serves gelu, silu and mish: each asks which near function its trained network would hardly notice."""

from app.experiments.base import Experiment
from app.experiments.foundations.activation_swap.figures import figures
from app.experiments.foundations.activation_swap.run import SwapControls, measure, run

EXPERIMENT = Experiment(
    SwapControls,
    run,
    measure,
    figures,
    labels={
        "mean_logit_change": "mean change of a logit by the swap",
        "largest_logit_change": "largest change of a logit by the swap",
        "logit_change_per_percent_flattened": "mean change of a logit, per 1 % of inputs made flat",
        "predictions_changed_share": "held-out predictions changed by the swap, share",
        "predictions_changed": "held-out predictions changed by the swap, of 297",
        "largest_gap": "largest gap between the curves",
        "beta": "the trained network’s own β",
        "change_over_that_of_silu": "mean change of a logit, divided by that with SiLU",
        "gap_over_that_of_silu": "largest gap, divided by that of SiLU",
        "inputs_left_of_the_minimum_share": "pre-activations left of the minimum, share",
        "flat_inputs_share": "pre-activations where the function is flat, share",
        "inputs_below_zero_share": "pre-activations below zero, share",
        "lowest_value": "lowest value of the function",
        "lowest_at": "pre-activation z at which it is lowest",
        "held_out_accuracy": "held-out accuracy",
        "held_out_accuracy_after_the_swap": "held-out accuracy after the swap",
    },
)
