"""Serves bahdanau-attention alone: its model searches before each step and needs a decoder of its own."""

from app.experiments.base import Experiment
from app.experiments.recurrence.alignment.figures import figures
from app.experiments.recurrence.alignment.run import AlignmentControls, measure, run

EXPERIMENT = Experiment(
    AlignmentControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "within_one_position_share": "largest weight within one position of the word to be written, share of steps",
        "exact_position_share": "largest weight on the word to be written, share of steps",
        "one_way_exact_position_share": "encoder of one direction: largest weight on the word, share of steps",
        "one_way_next_position_share": "encoder of one direction: largest weight one later, share of steps",
        "mean_weight_at_the_mirror": "mean weight on the word to be written",
        "exchanged_word_written_share": "exchanged words that are written, share",
        "other_words_kept_share": "other written words that stay the same, share",
        "exact_match": "held-out lists without a wrong word, share",
    },
)
