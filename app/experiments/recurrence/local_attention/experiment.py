"""Serves luong-attention alone: it compares alignments that share one decoder."""

from app.experiments.base import Experiment
from app.experiments.recurrence.local_attention.figures import figures
from app.experiments.recurrence.local_attention.run import LocalControls, measure, run

EXPERIMENT = Experiment(
    LocalControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "exact_match": "held-out lists without a wrong word, share",
        "exact_match_when_reversed": "lists written backwards without a wrong word, share",
        "exact_match_when_copied": "lists copied without a wrong word, share",
        "monotonic_exact_match_when_reversed": "local-m: lists written backwards without a wrong word, share",
        "monotonic_exact_match_when_copied": "local-m: lists copied without a wrong word, share",
        "centre_error_positions": "distance of the centre from the word, positions",
        "centre_error_when_reversed_positions": "distance of the centre from the word, backwards, positions",
        "centre_error_when_copied_positions": "distance of the centre from the word, copied, positions",
        "largest_gradient_on_the_centre": "largest gradient on the prediction of the centre",
    },
)
