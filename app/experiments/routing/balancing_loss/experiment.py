"""Serves auxiliary-load-balancing-loss alone: it sweeps the coefficient; load-balancing compares ways to balance."""

from app.experiments.base import Experiment
from app.experiments.routing.balancing_loss.figures import figures
from app.experiments.routing.balancing_loss.run import BalancingLossControls, measure, run

EXPERIMENT = Experiment(
    BalancingLossControls,
    run,
    measure,
    figures,
    labels={
        "utilisation_entropy": "utilisation entropy with the loss (uniform: 1)",
        "utilisation_entropy_unbalanced": "utilisation entropy without it",
        "starved_experts": "experts below a quarter of a uniform share, with the loss",
        "starved_experts_unbalanced": "experts below a quarter of a uniform share, without it",
        "busiest_load_over_uniform": "busiest expert with the loss, over a uniform share",
        "busiest_load_over_uniform_unbalanced": "busiest expert without it, over a uniform share",
        "class_information_share": "token’s class known from its expert, with the loss, share",
        "class_information_unbalanced_share": "token’s class known from its expert, without it, share",
        "unexplained_share": "variance unexplained with the loss, share",
        "unexplained_share_unbalanced": "variance unexplained without it, share",
        "switch_loss": "Switch’s E Σ f P (uniform: 1)",
        "shazeer_squared_variation": "Shazeer’s squared coefficient of variation (uniform: 0)",
    },
)
