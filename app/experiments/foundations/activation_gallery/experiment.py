"""Serves activation-functions alone: it trains all eight, to swap each for any other."""

from app.experiments.base import Experiment
from app.experiments.foundations.activation_gallery.figures import figures
from app.experiments.foundations.activation_gallery.run import GalleryControls, measure, run

EXPERIMENT = Experiment(
    GalleryControls,
    run,
    measure,
    figures,
    labels={
        "predictions_changed_share": "held-out predictions changed by the swap, share",
        "changed_by_mirrored_relu_share": "held-out predictions changed by a mirrored ReLU, share",
        "held_out_accuracy": "held-out accuracy with its own function",
        "lowest_held_out_accuracy": "lowest held-out accuracy of the eight",
        "highest_held_out_accuracy": "highest held-out accuracy of the eight",
        "flat_inputs_share": "pre-activations where the function is flat, share",
    },
)
