"""Serves teacher-forcing alone: it compares trainings that differ in what the decoder reads."""

from app.experiments.base import Experiment
from app.experiments.recurrence.forcing.figures import figures
from app.experiments.recurrence.forcing.run import ForcingControls, measure, run

EXPERIMENT = Experiment(
    ForcingControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "exact_match_alone": "lists right without a teacher, share",
        "loss_as_trained_nats": "loss reading what it read in training, nats per word",
        "teacher_exact_match": "trained with a teacher: lists right without one, share",
        "own_words_exact_match": "trained on its own words: lists right, share",
        "errors_after_a_wrong_word_share": "wrong among the five words after a wrong one, share",
        "errors_next_word_share": "next word wrong after a wrong one, share",
        "errors_untouched_share": "wrong words at those steps without a wrong one, share",
        "errors_on_own_words_share": "wrong words after a wrong one, on its own words, share",
        "errors_on_true_words_share": "wrong words after a wrong one, on true words, share",
    },
)
