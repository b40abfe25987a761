"""Pairs of texts judged by an encoder that learned BERT's second task.

Serves next-sentence-prediction alone: it takes two texts, where the pages beside it take one.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.next_sentence.figures import figures
from app.experiments.transformers.next_sentence.run import NextSentenceControls, measure, run

EXPERIMENT = Experiment(
    NextSentenceControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "true_accepted": "true pairs accepted, share",
        "random_rejected": "pairs with a random ending rejected, share",
        "swapped_rejected": "swapped pairs rejected, share",
        "random_minus_swapped": "random pairs rejected minus swapped pairs rejected, share",
        "names_reject_random": "random pairs without a shared name, share",
        "names_accept_true": "true pairs with a shared name, share",
        "typed_probability": "probability that the second typed text follows",
        "typed_swapped_probability": "probability that the first follows the second",
    },
)
