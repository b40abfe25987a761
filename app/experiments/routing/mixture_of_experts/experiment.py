"""Serves mixture-of-experts alone: the whole layer at a glance, where the other pages each take one part of it."""

from app.experiments.base import Experiment
from app.experiments.routing.mixture_of_experts.figures import figures
from app.experiments.routing.mixture_of_experts.run import MixtureControls, measure, run

EXPERIMENT = Experiment(
    MixtureControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.toy.total,
    labels={
        "busiest_load_in_this_layer_over_uniform": "busiest expert of this layer, over a uniform share",
        "busiest_load_over_uniform": "busiest expert, over a uniform share",
        "idlest_load_over_uniform": "least used expert, over a uniform share",
        "mean_utilisation_entropy": "mean utilisation entropy (uniform: 1)",
        "held_out_loss_nats": "loss on held-out text, nats per token",
        "parameters_used_per_token": "weights used per token",
        "used_per_token_share": "weights used per token, share",
        "mixtral_8x7b_billions": "weights of Mixtral 8×7B, billions",
        "mixtral_8x7b_active_billions": "active weights of Mixtral 8×7B, billions",
        "mixtral_8x22b_billions": "weights of Mixtral 8×22B, billions",
        "mixtral_8x22b_active_billions": "active weights of Mixtral 8×22B, billions",
    },
)
