"""Serves graph-attention-network alone: what differs is where the nonlinearity of a score stands."""

from app.experiments.base import Experiment
from app.experiments.graphs.dictionary_lookup.figures import figures
from app.experiments.graphs.dictionary_lookup.run import LookupControls, measure, run

EXPERIMENT = Experiment(
    LookupControls,
    run,
    measure,
    figures,
    labels={
        "accuracy_percent": "correct answers of the chosen network, %",
        "gat_accuracy_percent": "correct answers of GAT, %",
        "distinct_first_keys": "different first choices of the queries, chosen network",
        "gat_distinct_first_keys": "different first choices of the queries, GAT",
        "true_over_noise_weight": "weight of true edges over noise edges, chosen network",
        "gcn_true_over_noise_weight": "weight of true edges over noise edges, GCN",
        "node_accuracy_percent": "nodes classified correctly, chosen network, %",
        "guessing_percent": "correct by guessing, %",
    },
)
