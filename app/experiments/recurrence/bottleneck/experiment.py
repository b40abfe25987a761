"""Serves sequence-to-sequence alone: the pages on attention have no model without it."""

from app.experiments.base import Experiment
from app.experiments.recurrence.bottleneck.figures import figures
from app.experiments.recurrence.bottleneck.run import BottleneckControls, measure, run

EXPERIMENT = Experiment(
    BottleneckControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "exact_match_gap_16_words": "lists of 16 words right: with attention minus without, share",
        "exact_match_16_words": "lists of 16 words right with attention, share",
        "exact_match_16_words_without_attention": "lists of 16 words right without attention, share",
        "exact_match_8_words_without_attention": "lists of 8 words right without attention, share",
        "exact_match_4_words_without_attention": "lists of 4 words right without attention, share",
        "first_words_accuracy": "first three of ten words right without attention, share",
        "last_words_accuracy": "last three of ten words right without attention, share",
        "first_less_last_words_accuracy": "first minus last three words right, share",
        "words_right_without_attention": "words of your list right without attention",
        "words_right_with_attention": "words of your list right with attention",
    },
)
