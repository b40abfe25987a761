"""Serves load-balancing alone: three ways to balance side by side; the page on the loss sweeps one of them."""

from app.experiments.base import Experiment
from app.experiments.routing.balancing_methods.figures import figures
from app.experiments.routing.balancing_methods.run import METHODS, BalancingMethodsControls, measure, run

NAMES = {"nothing": "no balancing", "loss": "the loss", "bias": "the bias"}

EXPERIMENT = Experiment(
    BalancingMethodsControls,
    run,
    measure,
    figures,
    labels={
        f"{name}_with_{method}{share}": f"{says} with {NAMES[method]}{unit}"
        for name, says, share, unit in (
            ("load_variation", "coefficient of variation of the load", "", ""),
            ("busiest_load_over_uniform", "busiest expert over a uniform share", "", ""),
            ("class_information", "token’s class known from its expert", "_share", ", share"),
            ("unexplained", "variance unexplained", "_share", ", share"),
            ("gradient_for_balance", "router gradient for balance", "_share", ", share"),
        )
        for method in METHODS
    }
    | {
        "load_variation_loss_over_nothing": "coefficient of variation of the load, with the loss over no balancing",
        "largest_bias": "largest bias",
        "unexplained_bias_over_loss": "variance unexplained, bias over loss",
    },
)
