"""Serves depthwise-separable-convolution alone: it exchanges one layer of a trained network."""

from app.experiments.base import Experiment
from app.experiments.vision.depthwise.figures import figures
from app.experiments.vision.depthwise.run import DepthwiseControls, measure, run

EXPERIMENT = Experiment(
    DepthwiseControls,
    run,
    measure,
    figures,
    labels={
        "accuracy": "accuracy on held-out digits",
        "standard_accuracy": "accuracy with the standard layer",
        "accuracy_lost": "accuracy with the standard layer minus that with the separable one",
        "energy_share": "squared weights of the trained standard layer that so many kernels per channel hold, share",
        "weights": "weights of the separable layer",
        "standard_weights": "weights of the standard layer",
        "weights_share": "weights over those of the standard layer",
    },
)
