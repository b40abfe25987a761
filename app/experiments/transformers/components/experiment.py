"""What a language model is made of: the share of each component, and what the loss becomes with it at its mean.

Serves large-language-model alone: it compares components by size and by effect.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.components.figures import figures
from app.experiments.transformers.components.run import ComponentControls, measure, run

EXPERIMENT = Experiment(
    ComponentControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "changed_rise_nats": "rise of the loss by what is averaged, nats per token",
        "changed_share": "share of all weights that is averaged",
        "loss_nats": "loss of held-out text as trained, nats per token",
        "gains_share": "share of the norm gains",
        "most_share": "share of all MLP weights",
        "effect_of_mlp_over_gains": "rise per weight: MLP output over norm gains",
        "least_per_weight": "component with the smallest rise per weight, by its place in the list",
        "total_weights": "weights of the published model",
        "mlp_share_of_operations": "share of MLPs or experts in its operations",
        "score_share_of_operations": "share of the scores in its operations",
        "cache_share_of_memory": "share of the key/value cache in its memory",
        "mlp_share_published": "share of MLPs or experts in the published model",
    },
)
