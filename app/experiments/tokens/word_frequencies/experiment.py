"""Serves vocabulary alone: its tokens and how often they are used; its size has a page of its own."""

from app.experiments.base import Experiment
from app.experiments.tokens.word_frequencies.figures import figures
from app.experiments.tokens.word_frequencies.run import FrequencyControls, measure, run

EXPERIMENT = Experiment(
    FrequencyControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "recall_often_named": "facts recalled of the first 12 people by rank, share",
        "recall_seldom_named": "facts recalled of the last 12 people by rank, share",
        "recall_gap": "difference of the two shares",
        "snapshots_nearer_to_half": "snapshots with a mean recall nearer to one half",
        "mean_recall": "facts recalled, mean over people",
        "steps": "training steps at which the model is asked",
        "named_ratio": "statements on the first 12 over those on the last 12",
        "used_tokens": "tokens of the vocabulary that occur in the text",
        "used_share": "share of the vocabulary that occurs in the text",
        "coverage_of_100": "share of the text that its 100 most frequent tokens make up",
        "typed_tokens": "tokens of your words",
    },
)
