"""Serves router-network alone: the other pages take the router's choice as given, this one looks inside it."""

from app.experiments.base import Experiment
from app.experiments.routing.router.figures import figures
from app.experiments.routing.router.run import RouterControls, measure, run

EXPERIMENT = Experiment(
    RouterControls,
    run,
    measure,
    figures,
    badge="trained toy",
    notices=lambda result: result.text.notices,
    labels={
        "gate_difference_from_top_k_first": "largest difference of a gate from “top-k, softmax”",
        "kept_probability_share": "probability of the chosen experts, share",
        "largest_gradient_of_unchosen": "largest gradient of an unchosen logit",
        "mean_gradient_of_chosen": "mean gradient of a chosen logit",
        "mean_entropy_nats": "mean entropy of the router, nats",
        "mean_margin": "mean margin of the choice",
        "flips_at_small_margins_share": "choices changed by noise, smallest quarter of margins, share",
        "flips_at_large_margins_share": "choices changed by noise, largest quarter of margins, share",
        "loss_added_by_loud_noise_nats": "loss added by noise twice as large as the input, nats per token",
    },
)
