"""Serves dilated-convolution alone: it compares stacks by their rates and asks which distances they read."""

from app.experiments.base import Experiment
from app.experiments.vision.dilation.figures import figures
from app.experiments.vision.dilation.run import DilationControls, measure, run

EXPERIMENT = Experiment(
    DilationControls,
    run,
    measure,
    figures,
    labels={
        "field_side": "side of the receptive field, pixels",
        "pixels_read": "pixels of the field that an output reads",
        "read_share": "pixels of the field that an output reads, share",
        "lowest_accuracy_within_6": "lowest accuracy at the distances 1 to 6",
        "accuracy_at_5": "accuracy at distance 5",
        "accuracy_at_8": "accuracy at distance 8",
        "ordinary_accuracy_at_5": "accuracy at distance 5 with rates 1, 1, 1",
        "distances_learned": "distances from 1 to 8 with an accuracy above 90 %",
        "ordinary_distances_learned": "distances learned by rates 1, 1, 1, from 1 to 8",
    },
)
