"""Serves embedding-vector alone: the map of a trained table, and what its offsets know."""

from app.experiments.base import Experiment
from app.experiments.tokens.word_vectors.figures import figures
from app.experiments.tokens.word_vectors.run import WordVectorsControls, measure, run

EXPERIMENT = Experiment(
    WordVectorsControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "analogy_accuracy": "analogies answered by the offset, share",
        "own_words_accuracy": "the same where the question’s words may win, share",
        "nearest_to_c_accuracy": "analogies answered by the word nearest to c, share",
        "random_offset_accuracy": "analogies answered by a random offset, share",
        "gain_over_baselines": "right answers by the offset minus those of the best baseline, share",
        "parallel_offsets_cosine": "mean cosine of the offsets of two role pairs",
        "purity": "purity of the five nearest words",
        "kept_variance_share": "variance kept by the map, share",
        "word_and_nearest_cosine": "cosine of the word and its nearest",
    },
)
