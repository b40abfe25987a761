"""Serves vision-transformer alone: no other entry follows attention through a trained network for images."""

from app.experiments.base import Experiment
from app.experiments.vision.vision_transformer.figures import figures
from app.experiments.vision.vision_transformer.run import VisionControls, measure, run

EXPERIMENT = Experiment(
    VisionControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy_whole": "held-out digits recognised, share",
        "accuracy_without": "recognised without the patches ranked highest, share",
        "accuracy_without_random": "recognised without as many random patches, share",
        "accuracy_without_last_layer": "recognised without the patches ranked highest by the last layer alone, share",
        "accuracy_without_rollout": "recognised without the patches ranked highest by rollout, share",
        "below_random": "accuracy below that without random patches",
        "accuracy_without_lowest": "recognised without the patches ranked lowest, share",
        "lost_without_lowest": "accuracy lost without the patches ranked lowest",
        "class_probability": "probability of the class predicted for the drawing",
        "class_probability_without": "probability of that class without the patches ranked highest",
        "published_parameters": "published model: parameters without the head",
        "published_feed_forward_share": "published model: parameters in feed-forward layers, share",
        "off_the_table_share": "published model: difference from the paper’s table, share",
    },
)
