"""Serves capsule-network alone: it decodes poses; the pages on squash and routing look at single equations."""

from app.experiments.base import Experiment
from app.experiments.vision.capsule_poses.figures import figures
from app.experiments.vision.capsule_poses.run import CapsulePosesControls, measure, run

EXPERIMENT = Experiment(
    CapsulePosesControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "held-out digits named by the longest capsule, share",
        "length_of_right": "length of the right capsule, mean over held-out digits",
        "squared_error": "squared error of the drawing, per pixel",
        "class_mean_error": "squared error of the digit’s mean training image, per pixel",
        "error_over_class_mean": "error of the drawing, over that of the digit’s mean image",
        "read_as_its_digit": "drawings that an independent network reads as the digit, share",
        "longest": "length of the longest capsule",
        "second_longest": "length of the second longest capsule",
        "named": "digit named",
        "label": "digit that was written",
        "largest_change_by_an_edit": "largest change of a pixel’s ink by one number of the pose",
    },
)
