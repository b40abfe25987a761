"""Serves decoder alone: only the prefix changes, never the source."""

from app.experiments.base import Experiment
from app.experiments.transformers.wrong_prefix.figures import figures
from app.experiments.transformers.wrong_prefix.run import PrefixControls, measure, run

EXPERIMENT = Experiment(
    PrefixControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "next_word_accuracy": "next word right after the wrong word, share",
        "later_word_accuracy": "second word right after the wrong word, share",
        "same_class_accuracy": "next word right after a wrong word of the same class, share",
        "other_class_accuracy": "next word right after a wrong word of another class, share",
        "exact_match_alone": "held-out sentences translated right, share",
        "right_prefix_accuracy": "next word right after the right prefix, share",
        "right_class_accuracy": "next word of the right class after the right prefix, share",
        "loss_as_trained_nats": "loss with the input of training, nats per word",
        "words_generated": "words generated",
    },
)
