"""Serves sparse-autoencoder alone: dictionaries of one language model's activations."""

from app.experiments.base import Experiment
from app.experiments.generative.sparse_features.figures import figures
from app.experiments.generative.sparse_features.run import SparseControls, measure, run

EXPERIMENT = Experiment(
    SparseControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "purity": "purity on held-out words: features, mean of 10 classes",
        "purity_raw": "purity on held-out words: raw coordinates",
        "purity_random": "purity on held-out words: random directions",
        "best_other": "purity on held-out words: the better of the two others",
        "purity_gap": "purity of features beyond the better of the two others",
        "firing": "features that fire per token",
        "l1": "sum of the features per token (L1)",
        "explained": "variance explained, share",
        "silent": "features that never fired",
        "penalty": "penalty of the training",
        "lives_after": "probability of “lives”, feature clamped",
        "class_after": "probability of words of the class, feature clamped",
    },
)
