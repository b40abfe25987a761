"""Serves squash-function alone: it swaps the nonlinearity of all capsules, which no other page does."""

from app.experiments.base import Experiment
from app.experiments.vision.squash.figures import figures
from app.experiments.vision.squash.run import SquashControls, measure, run

EXPERIMENT = Experiment(
    SquashControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "length_margin": "length of the right capsule minus the longest wrong one, mean",
        "accuracy": "held-out digits named, share",
        "right_length": "length of the right capsule, after",
        "wrong_length": "length of the longest wrong capsule, after",
        "right_length_before": "length of the right capsule, before",
        "wrong_length_before": "length of the longest wrong capsule, before",
        "ratio_before": "right over longest wrong length, before",
        "ratio_after": "right over longest wrong length, after",
        "longest_output": "longest capsule of all, after",
        "gradient_at_zero": "largest entry of the derivative at the zero vector",
        "smallest_cosine": "smallest cosine of a capsule before and after",
        "longest": "longest capsule of the shown digit",
        "second_longest": "second longest capsule of the shown digit",
    },
)
