"""Serves preactivation-resnet alone: it asks where ReLU stands; resnet asks whether there is a skip at all."""

from app.experiments.base import Experiment
from app.experiments.vision.preactivation.figures import figures
from app.experiments.vision.preactivation.run import PreactivationControls, measure, run

EXPERIMENT = Experiment(
    PreactivationControls,
    run,
    measure,
    figures,
    labels={
        "gradient_ratio_at_start": "gradient at the first block over that behind the last, at the start",
        "gradient_ratio_now": "gradient at the first block over that behind the last, now",
        "sum_error": "largest difference of the last state and input + branches, share of the largest number",
        "falling_share": "coordinates that a block makes smaller, share",
        "loss_nats": "training loss, nats per digit",
        "blocks": "blocks",
        "steps": "training steps done",
        "training_accuracy": "training digits named, share",
        "held_out_accuracy": "held-out digits named, share",
    },
)
