"""Serves cross-attention alone: no other page of the chapter has an encoder and a decoder."""

from app.experiments.attention.cross_attention.figures import figures
from app.experiments.attention.cross_attention.run import CrossControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    CrossControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "exact_match_share": "held-out sentences translated without an error, share",
        "word_accuracy_percent": "words that the model ranks first, %",
        "translates_the_states_share": "translations of the sentence whose states were given, share",
        "aligned_share_of_best_head": "words aligned by the best head, share",
        "aligned_share_of_this_head": "words aligned by this head, share",
        "distance_from_uniform_weights": "mean total variation distance from uniform weights",
        "tokens_read": "tokens of the source",
        "tokens_generated": "tokens generated",
    },
)
