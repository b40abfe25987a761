"""Serves vision-encoder alone: its networks are judged on digits that they were never trained to name."""

from app.experiments.base import Experiment
from app.experiments.vision.frozen_features.figures import figures
from app.experiments.vision.frozen_features.run import EncoderControls, measure, run

EXPERIMENT = Experiment(
    EncoderControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "probe_accuracy": "accuracy of the probe on the chosen encoder, share",
        "probe_accuracy_untrained": "accuracy of the probe on untrained twins, share",
        "gain_by_training": "accuracy gained over untrained twins",
        "pixels_probe_accuracy": "accuracy of the probe on raw pixels, share",
        "cnn_probe_accuracy": "CNN, true labels: accuracy of the probe, share",
        "cnn_shuffled_probe_accuracy": "CNN, shuffled labels: accuracy of the probe, share",
        "cnn_untrained_probe_accuracy": "CNN, untrained: accuracy of the probe, share",
        "vit_probe_accuracy": "ViT, true labels: accuracy of the probe, share",
        "vit_shuffled_probe_accuracy": "ViT, shuffled labels: accuracy of the probe, share",
        "vit_untrained_probe_accuracy": "ViT, untrained: accuracy of the probe, share",
        "cnn_above_pixels": "CNN: accuracy above that on raw pixels",
        "cnn_over_pixels": "CNN with true labels: accuracy over that on raw pixels",
        "feature_dimensions": "features per digit",
    },
)
