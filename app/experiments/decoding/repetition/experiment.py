"""Serves repetition-penalty alone: only here a text's own tokens change the logits of its next one."""

from app.experiments.base import Experiment
from app.experiments.decoding.repetition.figures import figures
from app.experiments.decoding.repetition.run import RepetitionControls, measure, run

EXPERIMENT = Experiment(
    RepetitionControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "shown_repeats_without_share": "your text without a penalty: words in repeated runs, share",
        "shown_repeats_share": "your text: words in repeated runs, share",
        "first_changed_token": "first new token that differs",
        "repeated_share": "runs of four that repeat, share",
        "repeated_without_share": "runs of four that repeat without a penalty, share",
        "repeats_removed": "repeated runs removed by the penalty, share of all runs",
        "right_from_the_text_share": "right answers stated in the text, share",
        "right_from_training_share": "right answers stated in training, share",
        "right_from_the_text_without_share": "right answers stated in the text without a penalty, share",
        "right_from_the_text_at_2_share": "right answers stated in the text at θ = 2, share",
        "right_from_training_at_2_share": "right answers stated in training at θ = 2, share",
        "copying_lost_at_2": "right answers stated in the text lost at θ = 2, share",
    },
)
