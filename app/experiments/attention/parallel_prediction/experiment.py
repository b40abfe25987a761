"""Serves causal-self-attention alone: it needs a model that may be asked for gradients, and a run for every prefix."""

from app.experiments.attention.parallel_prediction.figures import figures
from app.experiments.attention.parallel_prediction.run import PrefixControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    PrefixControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "largest_probability_difference": "largest difference of a probability, one pass against runs",
        "gradient_difference_share": "difference of the gradients, share of their size",
        "mean_loss_nats": "mean loss of your sentence, nats per token",
        "largest_gradient_on_a_later_token": "largest gradient on a later token",
        "positions_with_a_loss": "positions with a loss",
        "positions_computed_in_one_pass": "positions computed in one pass",
        "positions_computed_by_prefix": "positions computed in runs per prefix",
    },
)
