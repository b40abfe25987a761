"""The states of a homonym by layer, in a reader that attends to both sides and in its left-to-right twin.

Serves encoder alone: it looks at the state of one word, where the pages beside it ask for words and classes.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.word_senses.figures import figures
from app.experiments.transformers.word_senses.run import WordSensesControls, measure, run

EXPERIMENT = Experiment(
    WordSensesControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "sense_accuracy": "senses found by the probe, share",
        "both_sides_accuracy": "senses found with both sides, share",
        "left_only_accuracy": "senses found with the left only, share",
        "untrained_accuracy": "senses found in an untrained reader, share",
        "embedding_accuracy": "senses found at the embedding, share",
        "first_layer_accuracy": "senses found at layer 1, share",
        "random_label_accuracy": "labels at random found by the same probe, share",
        "earlier_change": "largest change of a state before the changed word, share of its length",
    },
)
