"""A pre-trained reader fine-tuned on few labels beside one with a random start; BERT's kind and GPT's kind.

Serves bert and gpt-1.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.fine_tuning.figures import figures
from app.experiments.transformers.fine_tuning.run import FineTuningControls, measure, run

EXPERIMENT = Experiment(
    FineTuningControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "pre-trained: right on held-out sentences, share",
        "random_start_accuracy": "random start: right on held-out sentences, share",
        "lead": "right when pre-trained minus right from a random start, share",
        "word_count_accuracy": "word counts: right on held-out sentences, share",
        "labels_until_met": "labels from which both starts are within 5 points; 256: not up to 128",
        "change_by_exchange": "change of the probability when the two people of the sentence are exchanged",
        "padding_difference": "largest change of the log-odds when sentences are padded",
        "padding_changed_share": "sentences whose log-odds change when they are padded, share",
        "counted": "weights counted",
        "off_published_share": "counted beside published, difference, share",
        "labels_given": "labelled sentences",
        "reader_as_stated": "64 labels, asked who receives it: 1 encoder, 2 decoder; 0 for anything else",
        "counted_family": "model counted: 1 for BERT, 2 for GPT-1, 0 for another",
    },
)
