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
        "log10_product_over_30_steps": "product of the best unit’s forget gates over 30 steps, power of ten",
        "log10_product_before_training": "the same before training, power of ten",
        "product_over_30_steps": "product of the best unit’s forget gates over 30 steps",
        "whole_gradient_over_30_steps": "gradient by all paths over 30 steps",
        "log10_whole_over_product": "all paths over the product, power of ten",
        "mean_forget_gate": "mean forget gate",
        "accuracy": "questions answered over the whole lag, share",
    },
)
