"""Serves lstm-gradient-highway alone: its controls are biases of an LSTM; truncation has an experiment of its own."""

from app.experiments.base import Experiment
from app.experiments.recurrence.gradient_paths.figures import figures
from app.experiments.recurrence.gradient_paths.run import PathControls, measure, run

EXPERIMENT = Experiment(
    PathControls,
    run,
    measure,
    figures,
    labels={
        "log10_product_over_30_steps": "product of the best unit’s forget gates over 30 steps, log₁₀",
        "log10_product_before_training": "the same before training, log₁₀",
        "product_over_30_steps": "product of the best unit’s forget gates over 30 steps",
        "whole_gradient_over_30_steps": "gradient by all paths over 30 steps",
        "log10_whole_over_product": "all paths divided by the product, log₁₀",
        "mean_forget_gate": "forget gate, mean over all units",
        "accuracy": "questions answered after 30 steps, share",
    },
)
