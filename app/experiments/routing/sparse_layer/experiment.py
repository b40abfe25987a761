"""Serves sparse-moe alone: only this page compares the sparse layer with the dense mixture of the same experts."""

from app.experiments.base import Experiment
from app.experiments.routing.sparse_layer.figures import figures
from app.experiments.routing.sparse_layer.run import SparseLayerControls, measure, run

EXPERIMENT = Experiment(
    SparseLayerControls,
    run,
    measure,
    figures,
    badge="trained toy",
    notices=lambda result: result.text.notices,
    labels={
        "flops_per_token": "operations per token in this layer",
        "flops_share_of_dense": "operations, share of the dense mixture",
        "distance_from_dense_share": "distance of the output from the dense mixture, share of its size",
        "largest_difference_at_all_experts_share": "largest difference from the dense mixture at k = 8, share",
        "held_out_loss_nats": "loss on held-out text, nats per token",
        "loss_change_with_all_experts_nats": "loss changed by computing all experts, nats per token",
        "llama_2_70b_over_mixtral_active": "active weights, LLaMA-2 70B over Mixtral 8×7B",
        "llama_2_70b_over_mixtral_flops": "operations per token, LLaMA-2 70B over Mixtral 8×7B",
    },
)
