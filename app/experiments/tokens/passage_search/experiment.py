"""Serves semantic-search alone: many passages ranked for a query; similarity compares three sentences."""

from app.experiments.base import Experiment
from app.experiments.tokens.passage_search.figures import figures
from app.experiments.tokens.passage_search.run import PassageSearchControls, measure, run

EXPERIMENT = Experiment(
    PassageSearchControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "other_words_gain": "other words: recall at 1 of the encoder minus that of BM25",
        "names_gain_of_bm25": "a name: recall at 1 of BM25 minus that of the encoder",
        "hybrid_gain": "hybrid minus the better of the two, mean recall at 1",
        "encoder_recall": "recall at 1 of the encoder, mean of the kinds",
        "bm25_recall": "recall at 1 of BM25, mean of the kinds",
        "hybrid_recall": "recall at 1 of the hybrid, mean of the kinds",
        "encoder_names_recall": "a name: recall at 1 of the encoder",
        "encoder_other_words_recall": "other words: recall at 1 of the encoder",
        "hybrid_names_recall": "a name: recall at 1 of the hybrid",
        "weight_of_bm25": "weight of BM25 in the hybrid",
        "lowest_bm25_score": "lowest BM25 score of the query shown",
    },
)
